"""Whatever was loaded, as a scene; `opening.open_scene` is the door."""
