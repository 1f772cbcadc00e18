"""BlenderProc's side of the comparison, run by compare.py in a Python 3.11 environment of its own.

usage: python side.py SCENES OUT     SCENES: folder written by compare.py, one scenes/NNN.json an image and meshes/*.npz

Renders every scene in one process with BlenderProc's public API: RGB, depth, normals, instance masks; writes COCO annotations
and one HDF5 container an image for depth and normals, as its examples do.
"""

import itertools
import json
import os
import resource
import sys
import tempfile
import time
import types
from pathlib import Path

START = time.perf_counter()

import bpy  # noqa: E402  (importing it is part of the set-up)
import numpy as np  # noqa: E402


def import_blenderproc():
    """BlenderProc inside the bpy module: its package set-up (which wants Blender's own folder and pip) is left out."""
    os.environ["INSIDE_OF_THE_INTERNAL_BLENDER_PYTHON_ENVIRONMENT"] = "1"
    sys.path.append(next(p for p in sys.path if p.endswith("site-packages")))  # BlenderProc removes the first mention of it

    class SetupUtility:
        @staticmethod
        def setup(*_):
            from blenderproc.python.utility.Utility import Utility

            Utility.temp_dir = tempfile.mkdtemp(dir="/dev/shm")

        @staticmethod
        def setup_pip(*_, **__):
            return ""

    module = types.ModuleType("blenderproc.python.utility.SetupUtility")
    module.SetupUtility = SetupUtility
    sys.modules[module.__name__] = module
    import blenderproc

    return blenderproc


def initialise():
    """What bproc.init() does, without the line that needs Blender's translation files (the pip module has none)."""
    from blenderproc.python.utility import Initializer

    Initializer.clean_up(clean_up_camera=True)
    bpy.context.scene.render.engine = "CYCLES"
    Initializer.RendererUtility.set_render_devices(use_only_cpu=True)
    Initializer._Initializer.set_default_parameters()
    Initializer.GlobalStorage.add("bproc_init_complete", True)


def blender_material(values):
    material = bpy.data.materials.new("material")
    material.use_nodes = True
    inputs = material.node_tree.nodes["Principled BSDF"].inputs
    inputs["Base Color"].default_value = (*values["color"], 1.0)
    inputs["Roughness"].default_value = values["roughness"]
    inputs["Metallic"].default_value = values["metallic"]
    inputs["Coat Weight"].default_value = values["coat"]
    inputs["Transmission Weight"].default_value = values["transmission"]
    return material


def blender_mesh(path, surfaces):
    data = np.load(path)
    mesh = bpy.data.meshes.new(path.stem)
    faces = data["faces"]
    mesh.vertices.add(len(data["vertices"]))
    mesh.vertices.foreach_set("co", data["vertices"].ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(len(faces), dtype=np.int32) * 3)
    mesh.polygons.foreach_set("loop_total", np.full(len(faces), 3, np.int32))
    for values in surfaces:
        mesh.materials.append(blender_material(values))
    mesh.polygons.foreach_set("material_index", data["slots"].astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", data["smooth"])
    mesh.update(calc_edges=True)
    return mesh


def build(bproc, scene, meshes):
    made = {}
    for number, item in enumerate(scene["objects"], start=1):
        if item["mesh"] not in made:
            made[item["mesh"]] = blender_mesh(meshes / f"{item['mesh']}.npz", item["surfaces"])
        obj = bpy.data.objects.new(item["name"], made[item["mesh"]])
        obj.pass_index = number  # enable_segmentation_output numbers the objects of the first scene only
        bpy.context.collection.objects.link(obj)
        entity = bproc.types.MeshObject(obj)
        entity.set_local2world_mat(np.array(item["world_from_object"]))
        entity.set_cp("category_id", item["category_id"])
    bproc.renderer.set_world_background(scene["sky"]["color"], strength=scene["sky"]["strength"])
    camera = scene["camera"]
    bproc.camera.set_intrinsics_from_K_matrix(np.array(camera["K"]), camera["width"], camera["height"])
    pose = bproc.math.change_source_coordinate_frame_of_transformation_matrix(np.array(camera["world_from_camera"]), ["X", "-Y", "-Z"])
    bproc.camera.add_camera_pose(pose)


def configure(bproc, settings):
    bproc.renderer.set_max_amount_of_samples(settings["samples"])
    bproc.renderer.set_noise_threshold(settings["adaptive_threshold"])
    bproc.renderer.set_denoiser("INTEL" if settings["denoise"] else None)
    bounces = settings["max_bounces"]
    bproc.renderer.set_light_bounces(
        diffuse_bounces=bounces, glossy_bounces=bounces, ao_bounces_render=0, max_bounces=bounces,
        transmission_bounces=bounces, transparent_max_bounces=8, volume_bounces=0,
    )  # fmt: skip
    bproc.renderer.set_cpu_threads(settings["threads"])
    bproc.renderer.enable_depth_output(activate_antialiasing=False)
    bproc.renderer.enable_normals_output()
    bproc.renderer.enable_segmentation_output(map_by=["category_id", "instance", "name"], default_values={"category_id": 0})


def used():
    """CPU and wall seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": time.perf_counter() - START}


def render_one(bproc, scene, meshes, out):
    bproc.clean_up()  # keeps the settings
    build(bproc, scene, meshes)
    data = bproc.renderer.render()
    bproc.writer.write_coco_annotations(
        str(out),
        instance_segmaps=data["instance_segmaps"],
        instance_attribute_maps=data["instance_attribute_maps"],
        colors=data["colors"],
        color_file_format="PNG",
        mask_encoding_format="rle",
        append_to_existing_output=True,
    )
    bproc.writer.write_hdf5(str(out), {k: data[k] for k in ("depth", "normals")}, append_to_existing_output=True)


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    bproc = import_blenderproc()
    initialise()
    settings = json.loads((folder / "settings.json").read_text())
    configure(bproc, settings)
    laps = [used()]
    for path in sorted((folder / "scenes").glob("*.json")):
        render_one(bproc, json.loads(path.read_text()), folder / "meshes", out)
        laps.append(used())
    images = [{kind: after[kind] - before[kind] for kind in after} for before, after in itertools.pairwise(laps)]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (out / "timing.json").write_text(json.dumps({"set_up": laps[0], "images": images, "peak_mb": peak_mb}))


main()
sys.stdout.flush()
os._exit(0)  # the bpy 4.2 module crashes while Python shuts down; everything is written by then
