team = "core"
