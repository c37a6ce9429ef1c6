"""Asks the simulated account through boto3: a request a line on standard input, what boto3 made of the answer a line on standard output.

A request is {"service", "operation", "region", "input"}; an answer is {"output"} or {"error": {"code", "message"}}.
"""

import datetime
import json
import sys

import boto3
import botocore.config
import botocore.exceptions

endpoint = sys.argv[1]
clients = {}


def client(service, region):
    key = (service, region)
    if key not in clients:
        clients[key] = boto3.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id="simulated",
            aws_secret_access_key="simulated",
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )
    return clients[key]


def plain(value):
    if isinstance(value, datetime.datetime):
        return {"instant": round(value.timestamp() * 1000)}
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return str(value)


for line in sys.stdin:
    request = json.loads(line)
    try:
        made = client(request["service"], request["region"])
        method = next(name for name, operation in made.meta.method_to_api_mapping.items() if operation == request["operation"])
        output = getattr(made, method)(**request["input"])
        output.pop("ResponseMetadata", None)
        answer = {"output": output}
    except botocore.exceptions.ClientError as error:
        answer = {"error": {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}}
    except Exception as error:
        answer = {"error": {"code": type(error).__name__, "message": str(error)}}
    print(json.dumps(answer, default=plain), flush=True)
