"""What no package says: written by hand, each with the reason."""

# The service (a name of botocore) of a group of resource types in the documentation of the AWS provider.
GROUPS = {
    "account_management": "account",
    "amazon_q_business": "qbusiness",
    "amp": "amp",
    "api_gateway_v2": "apigatewayv2",
    "application_auto_scaling": "application-autoscaling",
    "appstream_2_0": "appstream",
    "bedrock_agentcore": "bedrock-agentcore-control",
    "bedrock_agents": "bedrock-agent",
    "cloud_control_api": "cloudcontrol",
    "cloud_map": "servicediscovery",
    "cloudhsm": "cloudhsmv2",
    "cloudwatch_application_insights": "application-insights",
    "cloudwatch_internet_monitor": "internetmonitor",
    "cloudwatch_logs": "logs",
    "cloudwatch_network_monitor": "networkmonitor",
    "cloudwatch_networkflow_monitor": "networkflowmonitor",
    "cloudwatch_observability_admin": "observabilityadmin",
    "cloudwatch_rum": "rum",
    "cloudwatch_synthetics": "synthetics",
    "connect_customer_profiles": "customer-profiles",
    "cost_and_usage_report": "cur",
    "directory_service": "ds",
    "documentdb": "docdb",
    "documentdb_elastic": "docdb-elastic",
    "ebs": "ec2",
    "ec2_image_builder": "imagebuilder",
    "elasticsearch": "es",
    "elb": "elbv2",
    "elb_classic": "elb",
    "elemental_mediaconvert": "mediaconvert",
    "elemental_medialive": "medialive",
    "elemental_mediapackage": "mediapackage",
    "elemental_mediapackage_version_2": "mediapackagev2",
    "elemental_mediastore": "mediastore",
    "end_user_messaging": "pinpoint",
    "end_user_messaging_sms": "pinpoint-sms-voice-v2",
    "eventbridge": "events",
    "eventbridge_pipes": "pipes",
    "eventbridge_scheduler": "scheduler",
    "eventbridge_schemas": "schemas",
    "iam_access_analyzer": "accessanalyzer",
    "inspector": "inspector2",
    "inspector_classic": "inspector",
    "iot_core": "iot",
    "ivs_chat": "ivschat",
    "kinesis_firehose": "firehose",
    "kinesis_analytics_v2": "kinesisanalyticsv2",
    "lex_model_building": "lex-models",
    "lex_v2_models": "lexv2-models",
    "macie": "macie2",
    "mainframe_modernization": "m2",
    "managed_grafana": "grafana",
    "msk": "kafka",
    "mskconnect": "kafkaconnect",
    "neptune_analytics": "neptune-graph",
    "oracle_database_aws": "odb",
    "outposts_ec2": "ec2",
    "payment_cryptography_control_plane": "payment-cryptography",
    "pricing_calculator": "bcm-pricing-calculator",
    "recycle_bin": "rbin",
    "resilience_hub_v2": "resiliencehub",
    "resource_explorer": "resource-explorer-2",
    "resource_groups_tagging": "resourcegroupstaggingapi",
    "s3_glacier": "glacier",
    "s3_on_outposts": "s3outposts",
    "sagemaker_ai": "sagemaker",
    "ses_mail_manager": "mailmanager",
    "sfn": "stepfunctions",
    "ssm_incident_manager_incidents": "ssm-incidents",
    "timestream_for_influxdb": "timestream-influxdb",
    "transfer_family": "transfer",
    "transit_gateway": "ec2",
    "user_experience_customization": "uxc",
    "user_notifications": "notifications",
    "user_notifications_contacts": "notificationscontacts",
    "verified_access": "ec2",
    "vpc": "ec2",
    "vpc_ipam": "ec2",
    "vpn_client": "ec2",
    "vpn_site_to_site": "ec2",
    "waf": "wafv2",
    "waf_classic": "waf",
    "waf_classic_regional": "waf-regional",
    "wavelength": "ec2",
    "web_services_budgets": "budgets",
    "x_ray": "xray",
}

# The same for the second word of a type of the awscc provider, which is a namespace of CloudFormation.
NAMESPACES = {
    "amazonmq": "mq",
    "aps": "amp",
    "bedrockagentcore": "bedrock-agentcore-control",
    "cases": "connectcases",
    "cassandra": "keyspaces",
    "certificatemanager": "acm",
    "directoryservice": "ds",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "eventschemas": "schemas",
    "healthimaging": "medical-imaging",
    "inspectorv2": "inspector2",
    "iotcoredeviceadvisor": "iotdeviceadvisor",
    "kinesisfirehose": "firehose",
    "lex": "lexv2-models",
    "macie": "macie2",
    "msk": "kafka",
    "opensearchservice": "opensearch",
    "refactorspaces": "migration-hub-refactor-spaces",
    "route53recoverycontrol": "route53-recovery-control-config",
    "s3express": "s3control",
    "s3objectlambda": "s3control",
    "sso": "sso-admin",
    "systemsmanagersap": "ssm-sap",
    "timestream": "timestream-write",
}

# Single types whose tags another service takes than their group says, or only one part of it.
TYPES = {
    "aws_accountaccess_application": "account-access",
    "aws_agentregistry_registry": "agent-registry-control",
    "aws_cloudcontrolapi_resource": "cloudcontrol",
    "aws_cloudhsm_v2_cluster": "cloudhsmv2",
    "aws_devopsagent_agent_space": "devops-agent",
    "aws_docdb_cluster_instance": "docdb-instance",
    "aws_elastic_beanstalk_environment": "elasticbeanstalk-environment",
    "aws_iam_role": "iam-principal",
    "aws_iam_user": "iam-principal",
    "aws_iam_service_linked_role": "iam-principal",
    "aws_msk_channel": "kafka",
    "aws_s3_bucket": "s3-bucket",
    "aws_s3_bucket_object": "s3-object",
    "aws_s3_object": "s3-object",
    "aws_s3_object_copy": "s3-object",
    "aws_s3_directory_bucket": "s3control",
    "aws_s3_access_point": "s3control",
    "aws_s3control_bucket": "s3control",
    "awscc_bedrock_agent": "bedrock-agent",
    "awscc_bedrock_agent_alias": "bedrock-agent",
    "awscc_bedrock_flow": "bedrock-agent",
    "awscc_bedrock_flow_alias": "bedrock-agent",
    "awscc_bedrock_knowledge_base": "bedrock-agent",
    "awscc_bedrock_prompt": "bedrock-agent",
    "awscc_bedrock_prompt_version": "bedrock-agent",
    "awscc_cognito_identity_pool": "cognito-identity",
    "awscc_docdb_db_instance": "docdb-instance",
    "awscc_ecr_public_repository": "ecr-public",
    "awscc_elasticbeanstalk_environment": "elasticbeanstalk-environment",
    "awscc_iam_role": "iam-principal",
    "awscc_iam_user": "iam-principal",
    "awscc_s3_access_grant": "s3control",
    "awscc_s3_access_grants_instance": "s3control",
    "awscc_s3_access_grants_location": "s3control",
    "awscc_s3_access_point": "s3control",
    "awscc_s3_bucket": "s3-bucket",
    "awscc_s3_multi_region_access_point": "s3control",
    "awscc_s3_storage_lens": "s3control",
    "awscc_s3_storage_lens_group": "s3control",
    "awscc_timestream_influx_db_cluster": "timestream-influxdb",
    "awscc_timestream_influx_db_instance": "timestream-influxdb",
    "awscc_timestream_scheduled_query": "timestream-query",
    "awscc_wafv2_web_acl": "wafv2",
}
# Namespaces that cover several services: the service of all types that have no row above.
PREFIXES = {"awscc_cognito_": "cognito-idp"}

# Arguments whose tags end up on something else than the resource itself: type and path, and the service of that thing.
ELSEWHERE = {
    # Instances and their volumes.
    ("aws_batch_compute_environment", "compute_resources.tags"): "ec2",
    ("awscc_batch_compute_environment", "compute_resources.tags"): "ec2",
    ("awscc_batch_compute_environment", "compute_resources.capacity_tags"): "ec2",
    ("aws_ecs_service", "volume_configuration.managed_ebs_volume.tag_specifications.tags"): "ec2",
    ("awscc_ecs_service", "volume_configurations.managed_ebs_volume.tag_specifications.tags"): "ec2",
    ("aws_imagebuilder_distribution_configuration", "distribution.ami_distribution_configuration.ami_tags"): "ec2",
    ("awscc_imagebuilder_distribution_configuration", "distributions.ami_distribution_configuration.ami_tags"): "ec2",
    ("aws_imagebuilder_image_recipe", "ami_tags"): "ec2",
    ("awscc_imagebuilder_image_recipe", "ami_tags"): "ec2",
    ("aws_imagebuilder_infrastructure_configuration", "resource_tags"): "ec2",
    ("awscc_imagebuilder_infrastructure_configuration", "resource_tags"): "ec2",
    ("aws_dlm_lifecycle_policy", "policy_details.schedule.tags_to_add"): "ec2",
    ("aws_dlm_lifecycle_policy", "policy_details.schedule.variable_tags"): "ec2",
    ("awscc_dlm_lifecycle_policy", "policy_details.schedules.tags_to_add"): "ec2",
    ("awscc_dlm_lifecycle_policy", "policy_details.schedules.variable_tags"): "ec2",
    ("aws_drs_replication_configuration_template", "staging_area_tags"): "ec2",
    ("awscc_drs_replication_configuration_template", "staging_area_tags"): "ec2",
    ("awscc_workspacesinstances_workspace_instance", "managed_instance.tag_specifications.tags"): "ec2",
    ("awscc_workspacesinstances_volume", "tag_specifications.tags"): "ec2",
    # Tasks of ECS.
    ("aws_cloudwatch_event_target", "ecs_target.tags"): "ecs",
    ("awscc_events_rule", "targets.ecs_parameters.tag_list"): "ecs",
    ("aws_pipes_pipe", "target_parameters.ecs_task_parameters.tags"): "ecs",
    ("awscc_pipes_pipe", "target_parameters.ecs_task_parameters.tags"): "ecs",
    ("aws_scheduler_schedule", "target.ecs_parameters.tags"): "ecs",
    # A step of a workflow that tags objects of S3.
    ("aws_transfer_workflow", "on_exception_steps.tag_step_details.tags"): "s3-object",
    ("aws_transfer_workflow", "steps.tag_step_details.tags"): "s3-object",
    ("awscc_transfer_workflow", "on_exception_steps.tag_step_details.tags"): "s3-object",
    ("awscc_transfer_workflow", "steps.tag_step_details.tags"): "s3-object",
    # A list with a limit of its own.
    ("awscc_lambda_capacity_provider", "propagate_tags.explicit_tags"): "lambda-explicit",
}

# A path whose service does not depend on the type: what `managed_vpc_resource` creates belongs to VPC Lattice.
ELSEWHERE_BY_END = {"managed_vpc_resource.tags": "vpc-lattice"}

# Arguments that look like tags and are none: they choose resources by their tags, or label something that is not AWS's.
NOT_TAGS = {
    ("aws_inspector_resource_group", "tags"),
    ("awscc_inspector_resource_group", "resource_group_tags"),
    ("aws_fms_policy", "resource_tags"),
    ("awscc_fms_policy", "resource_tags"),
    ("aws_vpc_ipam_pool", "allocation_resource_tags"),
    ("awscc_ec2_ipam_pool", "allocation_resource_tags"),
    ("aws_ce_cost_category", "rule.rule.tags"),
    ("awscc_fis_experiment_template", "targets.resource_tags"),
    ("awscc_inspectorv2_cis_scan_configuration", "targets.target_resource_tags"),
    ("awscc_devopsagent_association", "configuration.aws.tags"),
    ("awscc_devopsagent_association", "configuration.source_aws.tags"),
    ("awscc_mgn_network_migration_definition", "scope_tags"),
    ("aws_cognito_identity_pool_provider_principal_tag", "principal_tags"),
    ("aws_s3_object", "override_provider.default_tags.tags"),
    ("aws_s3_object_copy", "override_provider.default_tags.tags"),
    ("awscc_iot_topic_rule", "topic_rule_payload.actions.influx_db.tags"),
    ("awscc_iot_topic_rule", "topic_rule_payload.error_action.influx_db.tags"),
    # The value of a key for all resources of a project, where `is_value_editable` lets people change it.
    ("awscc_datazone_project_profile", "project_resource_tags"),
}

# Tags that another service judges where another argument has a value: the service, and the argument with its value.
WHEN = {
    # Then the keys become parts of a path in the metadata of the instance.
    ("aws_instance", "tags"): {"path": "metadata_options.instance_metadata_tags", "is": "enabled", "service": "aws:ec2-metadata"},
    ("aws_launch_template", "tag_specifications.tags"): {
        "path": "metadata_options.instance_metadata_tags",
        "is": "enabled",
        "beside": {"member": "resource_type", "is": "instance"},
        "service": "aws:ec2-metadata",
    },
    ("awscc_ec2_launch_template", "launch_template_data.tag_specifications.tags"): {
        "path": "launch_template_data.metadata_options.instance_metadata_tags",
        "is": "enabled",
        "beside": {"member": "resource_type", "is": "instance"},
        "service": "aws:ec2-metadata",
    },
}

# The structure that holds the tags of a service, where its operations have several that differ.
SHAPES = {
    "batch": "TagrisTagsMap",
    "config": "TagList",
    "connect": "TagMap",
    "connectcases": "MutableTags",
    "dlm": "TagMap",
    "fms": "TagList",
    "migrationhuborchestrator": "TagMap",
}

# Names of services that the model writes without their maker, or so long that no sentence can hold them.
NAMES = {
    "acm": "AWS Certificate Manager",
    "elb": "Elastic Load Balancing (classic)",
    "elbv2": "Elastic Load Balancing",
    "emr": "Amazon EMR",
    "events": "Amazon EventBridge",
    "sso-admin": "IAM Identity Center",
    "iam": "AWS IAM",
    "kms": "AWS KMS",
    "logs": "Amazon CloudWatch Logs",
    "secretsmanager": "AWS Secrets Manager",
    "serverlessrepo": "AWS Serverless Application Repository",
    "ssm": "AWS Systems Manager",
    "sts": "AWS STS",
    "xray": "AWS X-Ray",
}

# Models whose patterns are not one set of characters: the set that is left, or none, and the shortest text that fits.
#   `None` for the set: the pattern says nothing that can be told character by character.
PATTERNS = {
    r".*\S.*": ("", 1),
    r"\S([\s\S]*\S)?(?![\s\S]).*": ("", 1),
    r"(\S([\s\S]*\S)?)?(?![\s\S]).*": ("", 0),
    r"(?:(?!\$\{[a-zA-Z]+:)[\P{C}])*": (r"\P{C}", 0),
    r"(?:(?!\$\{[a-zA-Z]+:)[\P{C}])+": (r"\P{C}", 1),
    # Its first character may be any.
    r"^(^(?!aws:).[\p{L}\p{Z}\p{N}_.:/=+\-@]*)$": (None, 1),
    r"(resourceArn|internalId|[a-zA-Z0-9+\-=._:/@]+)": (r"[a-zA-Z0-9+\-=._:/@]", 1),
    r"[\w.:/=+-@]+|": (r"[\w.:/=+-@]", 0),
    r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*": (
        r"[\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}\r\n\t]",
        0,
    ),
    r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*": (
        r"[\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}\t]",
        0,
    ),
}

# Sets of characters that are told by what they leave out.
DESCRIPTIONS = {
    r"\P{C}": "all characters but control characters",
    r"[^\x00]": "all characters but U+0000",
    r"[^\x00-\x1F\x7F]": "all characters but control characters",
    r"[^\x00-\x1f\x22]": "all characters but control characters and `\"`",
    r"[\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}\r\n\t]": "all characters that XML has",
    r"[\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}\t]": "all characters that XML has, but no line breaks",
    r"[\S \n]": "all characters but white space other than spaces and line breaks",
    r"\S": "all characters but white space",
}

# Requests that stand in rules/requests: a person has read their pages.
REQUESTS_BY_HAND = {
    "kms:TagResource",
    "kms:UntagResource",
    "secretsmanager:TagResource",
    "secretsmanager:UntagResource",
}

# The same for those that create.
CREATES_BY_HAND = {
    "kms:CreateKey",
    "kms:ReplicateKey",
    "secretsmanager:CreateSecret",
}

# Members of requests that look like tags and are none, or end up on something of another service: the operation and the path.
NO_TAGS_OF_REQUESTS = {
    # They choose resources, or say which tags a resource needs.
    ("backup:CreateFramework", "FrameworkControls.ControlScope.Tags"),
    ("connect:CreateSecurityProfile", "AllowedAccessControlTags"),
    ("connect:UpdateSecurityProfile", "AllowedAccessControlTags"),
    ("cognito-identity:SetPrincipalTagAttributeMap", "PrincipalTags"),
    ("ec2:CreateIpamPool", "AllocationResourceTags"),
    ("ec2:ModifyIpamPool", "AddAllocationResourceTags"),
    ("inspector:CreateResourceGroup", "resourceGroupTags"),
    ("mgn:CreateNetworkMigrationDefinition", "scopeTags"),
    ("mgn:UpdateNetworkMigrationDefinition", "scopeTags"),
    ("mgn:UpdateNetworkMigrationMapperSegment", "scopeTags"),
    ("quicksight:GenerateEmbedUrlForAnonymousUser", "SessionTags"),
    # They say for which part of a use a seller is paid.
    ("meteringmarketplace:MeterUsage", "UsageAllocations.Tags"),
    # The value of a key for all resources of a project.
    ("datazone:CreateProjectProfile", "projectResourceTags"),
    ("datazone:UpdateProjectProfile", "projectResourceTags"),
    # Instances, volumes, images and objects have limits of their own.
    ("batch:CreateComputeEnvironment", "computeResources.tags"),
    ("batch:UpdateComputeEnvironment", "computeResources.tags"),
    ("ec2:CreateStoreImageTask", "S3ObjectTags"),
    ("imagebuilder:CreateImageRecipe", "amiTags"),
    ("imagebuilder:CreateInfrastructureConfiguration", "resourceTags"),
    ("imagebuilder:UpdateInfrastructureConfiguration", "resourceTags"),
    ("drs:CreateReplicationConfigurationTemplate", "stagingAreaTags"),
    ("drs:UpdateReplicationConfiguration", "stagingAreaTags"),
    ("drs:UpdateReplicationConfigurationTemplate", "stagingAreaTags"),
    ("mgn:CreateReplicationConfigurationTemplate", "stagingAreaTags"),
    ("mgn:UpdateReplicationConfiguration", "stagingAreaTags"),
    ("mgn:UpdateReplicationConfigurationTemplate", "stagingAreaTags"),
}

# The service whose limits hold, where an operation tags what has limits of its own.
TAGGED_AS = {
    "connect:TagContact": "connect-contact",
    "docdb:CreateDBInstance": "docdb-instance",
    "elasticbeanstalk:CreateEnvironment": "elasticbeanstalk-environment",
    "iam:CreateRole": "iam-principal",
    "iam:CreateUser": "iam-principal",
    "iam:TagRole": "iam-principal",
    "iam:TagUser": "iam-principal",
    "iam:UntagRole": "iam-principal",
    "iam:UntagUser": "iam-principal",
    "s3:CreateBucket": "s3-bucket",
    "s3:PutObjectTagging": "s3-object",
    "s3:PutBucketTagging": "s3-bucket",
    "s3control:PutBucketTagging": "s3-bucket",
    "ssm:StartAutomationExecution": "ssm-automation",
}

# The third word of the ARNs of a service, where it is neither the name that requests are signed with nor that of the endpoint.
ARN_WORDS = {
    "cloudwatch": ["cloudwatch"],
}
