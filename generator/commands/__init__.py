"""One file a subcommand, each with `main(arguments) -> exit code`. Nothing else imports them, and none imports bpy."""
