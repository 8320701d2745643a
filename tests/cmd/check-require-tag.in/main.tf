resource "aws_sns_topic" "alarms" {
  name = "alarms"
  tags = { Owner = "ops" }
}
