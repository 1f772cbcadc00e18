"""Where datasets live: a local folder or any fsspec URL, behind one small interface with the same guarantees."""

from generator.storage.folder import Folder, Place, folder_at, is_url, joined, parent_and_name, tidied

__all__ = ["Folder", "Place", "folder_at", "is_url", "joined", "parent_and_name", "tidied"]
