variable "team" {
  type = string
}

locals {
  base = { team = var.team, env = "prod" }
}

provider "aws" {
  default_tags {
    tags = { owner = "platform" }
  }
}

resource "aws_kms_key" "k" {
  for_each = toset(["a", "b"])
  tags     = merge(local.base, { name = each.key })
  policy   = jsonencode({ Version = "2012-10-17", Statement = [] })
}
