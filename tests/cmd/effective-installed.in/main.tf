module "key" {
  source  = "example/key/aws"
  version = "1.0.0"
  team    = "core"
}
