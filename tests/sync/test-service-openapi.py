#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0

"""sync/openapi.yaml against the running service: every path in it is answered and no other, every
reply and every example fits its schema, and the example of a batch is applied as it stands."""

import base64
import ctypes
import ctypes.util
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    "type", "required", "properties", "enum", "const", "pattern", "minimum", "minLength", "maxLength",
    "maxProperties", "format", "oneOf", "items", "description", "$ref",
}


class Misfit(Exception):
    pass


class Contract:
    """The document, with as much of JSON Schema as it uses; what it uses beyond that is an error."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def fits_type(self, value, names):
        for name in names if isinstance(names, list) else [names]:
            if isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool)):
                return True
        return False

    def check_object(self, schema, value, where):
        for name in schema.get("required", []):
            if name not in value:
                raise Misfit(f"{where}: {name} is missing")
        if len(value) > schema.get("maxProperties", len(value)):
            raise Misfit(f"{where}: too many members")
        for name, part in schema.get("properties", {}).items():
            if name in value:
                self.check(part, value[name], f"{where}.{name}")

    def check_text(self, schema, value, where):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            raise Misfit(f"{where}: does not match")
        if schema.get("format") == "date-time" and not TIME.match(value):
            raise Misfit(f"{where}: no time")
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            raise Misfit(f"{where}: length")

    def check_one_of(self, schema, value, where):
        fitting = 0
        for part in schema["oneOf"]:
            try:
                self.check(part, value, where)
                fitting += 1
            except Misfit:
                pass
        if fitting != 1:
            raise Misfit(f"{where}: fits {fitting} of oneOf")

    def check(self, schema, value, where="document"):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            raise AssertionError(f"this test does not know {unknown}")
        if "oneOf" in schema:
            self.check_one_of(schema, value, where)
        if "type" in schema and not self.fits_type(value, schema["type"]):
            raise Misfit(f"{where}: type")
        if "enum" in schema and value not in schema["enum"]:
            raise Misfit(f"{where}: none of the values")
        if "const" in schema and value != schema["const"]:
            raise Misfit(f"{where}: not the value")
        if isinstance(value, int) and value < schema.get("minimum", value):
            raise Misfit(f"{where}: too small")
        if isinstance(value, str):
            self.check_text(schema, value, where)
        if isinstance(value, dict):
            self.check_object(schema, value, where)
        if isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                self.check(schema["items"], item, f"{where}[{number}]")

    def check_content(self, media, text, where):
        """A body as it travels: one document, or one a line."""
        if "x-line-schema" in media:
            for number, line in enumerate(text.splitlines(), 1):
                self.check(media["x-line-schema"], json.loads(line), f"{where}:{number}")
        elif self.resolve(media["schema"]).get("type") == "string":
            self.check(media["schema"], text, where)
        else:
            self.check(media["schema"], json.loads(text), where)

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                yield path, method.upper(), operation

    def media(self):
        """Every body that the document describes, with where it stands."""
        for path, method, operation in self.operations():
            for type_, media in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{method} {path} request", type_, media
            for status, response in operation["responses"].items():
                for type_, media in self.resolve(response).get("content", {}).items():
                    yield f"{method} {path} {status}", type_, media


class Service:
    """counterbook-profiled on a port of its own, and a terminal enrolled at it."""

    def __init__(self, program, directory):
        self.database = "sqlite:" + os.path.join(directory, "profiles.db")
        self.program = program
        self.process = subprocess.Popen(
            [program, "--database", self.database, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.headers = {}

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def request(self, method, path, body=None, type_=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = dict(self.headers)
        if type_ is not None:
            headers["Content-Type"] = type_
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, response.headers, text

    def enrol(self):
        sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
        public = ctypes.create_string_buffer(32)
        secret = ctypes.create_string_buffer(64)
        sodium.sodium_init()
        sodium.crypto_sign_keypair(public, secret)
        code = subprocess.check_output(
            [self.program, "enrol", "--store", "Port Halden", "--database", self.database], text=True
        ).strip()
        key = base64.b64encode(public.raw).decode()
        replies = [self.post("/v1/terminals", {"code": code, "public_key": key})]
        terminal = json.loads(replies[0][2])["terminal"]
        path = f"/v1/terminals/{terminal}/token"
        replies.append(self.post(path, {}))
        nonce = json.loads(replies[1][2])["nonce"]
        message = f"counterbook-token-v1\n{terminal}\n{nonce}".encode()
        signature = ctypes.create_string_buffer(64)
        length = ctypes.c_ulonglong(len(message))
        sodium.crypto_sign_detached(signature, None, message, length, secret)
        signed = base64.b64encode(signature.raw).decode()
        replies.append(self.post(path, {"nonce": nonce, "signature": signed}))
        self.headers = {
            "Authorization": "Bearer " + json.loads(replies[2][2])["token"],
            "Counterbook-Protocol": "1",
            "Counterbook-Schema": "1",
            "Counterbook-Terminal": terminal,
        }
        return replies

    def make_key(self, scope):
        """From now on the requests come from another system with such a key."""
        key = subprocess.check_output(
            [self.program, "key", "add", "--name", "Web shop", "--scope", scope, "--database", self.database],
            text=True,
        ).strip()
        self.headers = {"Authorization": "Bearer " + key}

    def post(self, path, document):
        return self.request("POST", path, json.dumps(document), "application/json")


def fill(path):
    return path.replace("{id}", "0" * 32)


def check_reply(contract, path, method, reply):
    """The status is one that the document names, and the body fits what it says of it."""
    status, headers, text = reply
    operation = contract.document["paths"][path][method.lower()]
    where = f"{method} {path} {status}"
    if str(status) not in operation["responses"]:
        raise Misfit(f"{where}: not in the document")
    if not re.fullmatch("[0-9a-f]{32}", headers.get("Counterbook-Epoch", "")):
        raise Misfit(f"{where}: no epoch")
    content = contract.resolve(operation["responses"][str(status)])["content"]
    type_ = headers.get_content_type()
    if type_ not in content:
        raise Misfit(f"{where}: {type_}")
    contract.check_content(content[type_], text, where)


def test_examples_fit(contract, service):
    count = 0
    for where, type_, media in contract.media():
        for name, example in media["examples"].items():
            value = example["value"]
            text = value if isinstance(value, str) else json.dumps(value)
            contract.check_content(media, text, f"{where} {name}")
            count += 1
    assert count > 10


def test_every_path_is_answered(contract, service):
    for path, method, operation in contract.operations():
        status, _, _ = service.request(method, fill(path), b"" if method == "POST" else None)
        assert status not in (404, 405), f"{method} {path} is answered {status}"


def test_no_other_method_is_answered(contract, service):
    for path, item in contract.document["paths"].items():
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            if method.lower() not in item:
                status, headers, _ = service.request(method, fill(path))
                assert status == 405, f"{method} {path} is answered {status}"
                assert headers["Allow"].lower() in item


def test_the_rest_of_the_design_is_absent(contract, service):
    service.enrol()
    for path in ("snapshot", "have", "digest", "receipts"):
        for method in ("GET", "POST"):
            assert service.request(method, "/v1/sync/" + path)[0] == 404
    assert service.request("POST", "/v1/lookup")[0] == 404


def test_replies_fit(contract, service):
    enrolled, nonce, token = service.enrol()
    check_reply(contract, "/v1/terminals", "POST", enrolled)
    check_reply(contract, "/v1/terminals/{id}/token", "POST", nonce)
    check_reply(contract, "/v1/terminals/{id}/token", "POST", token)
    check_reply(contract, "/v1/health", "GET", service.request("GET", "/v1/health"))
    metrics = service.request("GET", "/metrics")
    check_reply(contract, "/metrics", "GET", metrics)
    assert example(contract, "/metrics", "get", "200", "metrics") in metrics[2]
    check_reply(contract, "/v1/sync/config", "GET", service.request("GET", "/v1/sync/config"))
    check_reply(contract, "/v1/sync/changes", "GET", service.request("GET", "/v1/sync/changes"))
    check_reply(contract, "/v1/sync/changes", "GET", service.request("GET", "/v1/sync/changes?cursor=of-others"))
    check_reply(contract, "/v1/sync/records", "GET", service.request("GET", "/v1/sync/records"))
    check_reply(contract, "/v1/sync/records", "GET", service.request("GET", "/v1/sync/records?cursor=of-others"))


def test_example_batch_is_applied(contract, service):
    service.enrol()
    push = contract.document["paths"]["/v1/sync/push"]["post"]
    type_ = "application/x-ndjson"
    batch = push["requestBody"]["content"][type_]["examples"]["visit"]["value"]
    wanted = push["responses"]["200"]["content"][type_]["examples"]["visit"]["value"]
    reply = service.request("POST", "/v1/sync/push", batch, type_)
    check_reply(contract, "/v1/sync/push", "POST", reply)
    assert reply[2] == wanted, reply[2]


def example(contract, path, method, status=None, name="everywhere"):
    """What the document shows of a request, or of a reply."""
    operation = contract.document["paths"][path][method]
    holder = operation["requestBody"] if status is None else operation["responses"][status]
    return next(iter(holder["content"].values()))["examples"][name]["value"]


def same(found, shown, moving):
    """But for what moves with time and history."""
    return {**found, **{name: shown[name] for name in moving}} == shown


def test_other_systems_read_the_examples(contract, service):
    service.enrol()
    push = example(contract, "/v1/sync/push", "post")
    reply = service.request("POST", "/v1/sync/push", push, "application/x-ndjson")
    assert reply[2] == example(contract, "/v1/sync/push", "post", "200"), reply[2]
    customer = json.loads(push.splitlines()[0])["customer"]
    service.make_key("profile,notes,consents,permission,changes,opt-outs,contacts")
    for path, query, moving in (
        ("/v1/profiles/{id}", "", ()),
        ("/v1/profiles/{id}/consents", "", ()),
        ("/v1/profiles/{id}/permission", "?purpose=news&channel=email&occasion=arrived", ("at",)),
    ):
        reply = service.request("GET", path.replace("{id}", customer) + query)
        check_reply(contract, path, "GET", reply)
        shown = example(contract, path, "get", "200")
        assert same(json.loads(reply[2]), shown, moving), reply[2]

    reply = service.request("GET", "/v1/changes")
    check_reply(contract, "/v1/changes", "GET", reply)
    lines = [json.loads(line) for line in reply[2].splitlines()]
    shown = [json.loads(line) for line in example(contract, "/v1/changes", "get", "200").splitlines()]
    assert lines[:-1] == shown[:-1] and same(lines[-1], shown[-1], ("cursor",)), reply[2]

    path = "/v1/profiles/{id}/contacts"
    wish = example(contract, path, "post", name="email")
    for _ in range(2):
        reply = service.post(path.replace("{id}", customer), wish)
        check_reply(contract, path, "POST", reply)
        assert same(json.loads(reply[2]), example(contract, path, "post", "200", "email"), ("at",)), reply[2]

    path = "/v1/profiles/{id}/opt-outs"
    no = example(contract, path, "post", name="email")
    for _ in range(2):
        reply = service.post(path.replace("{id}", customer), no)
        check_reply(contract, path, "POST", reply)
        assert json.loads(reply[2]) == example(contract, path, "post", "200", "email"), reply[2]
    reply = service.request("GET", f"/v1/profiles/{customer}/consents")
    check_reply(contract, "/v1/profiles/{id}/consents", "GET", reply)
    assert '"withdrawn"' in reply[2]


def test_failures_of_other_systems_fit(contract, service):
    opt_outs = "/v1/profiles/{id}/opt-outs"
    nobody = "0" * 32
    no = {"op": "1" * 32, "purpose": "news", "channel": "email", "at": "2026-11-22T07:00:00Z"}
    reads = [path for path, method, operation in contract.operations()
             if method == "GET" and operation.get("security") == [{"key": []}]]
    assert len(reads) == 4
    for path in reads:
        service.headers = {}
        reply = service.request("GET", fill(path))
        assert reply[0] == 401
        check_reply(contract, path, "GET", reply)
        service.make_key("opt-outs")
        reply = service.request("GET", fill(path))
        assert reply[0] == 403
        check_reply(contract, path, "GET", reply)

    service.make_key("profile,consents,permission,changes,opt-outs")
    for path, query, status in (
        ("/v1/profiles/{id}", "", 404),
        ("/v1/profiles/{id}/consents", "", 404),
        ("/v1/profiles/{id}/permission", "?purpose=news&channel=email", 200),
        ("/v1/profiles/{id}/permission", "?purpose=shop", 400),
        ("/v1/changes", "?cursor=of-others", 410),
    ):
        reply = service.request("GET", fill(path) + query)
        assert reply[0] == status, f"{path} is answered {reply[0]}"
        check_reply(contract, path, "GET", reply)
    for document, status in (
        ({}, 400),
        (no, 200),
        ({**no, "at": "2026-11-22T08:00:00Z"}, 409),
        ({**no, "more": "x" * 5000}, 413),
    ):
        reply = service.post(opt_outs.replace("{id}", nobody), document)
        assert reply[0] == status, reply[0]
        check_reply(contract, opt_outs, "POST", reply)
    reply = service.request("POST", opt_outs.replace("{id}", nobody), "{}", "text/plain")
    assert reply[0] == 415
    check_reply(contract, opt_outs, "POST", reply)


def test_failures_fit(contract, service):
    refused = [
        ("/v1/sync/push", "POST", "", "application/x-ndjson", 401),
        ("/v1/sync/config", "GET", None, None, 401),
        ("/v1/terminals", "POST", "{", "application/json", 400),
        ("/v1/terminals", "POST", "{}", "text/plain", 415),
        ("/v1/terminals", "POST", " " * 5000, "application/json", 413),
        ("/v1/terminals", "POST", json.dumps({"code": "x", "public_key": "A" * 43 + "="}),
         "application/json", 403),
    ]
    service.headers = {}
    for path, method, body, type_, status in refused:
        reply = service.request(method, path, body, type_)
        assert reply[0] == status, f"{method} {path} is answered {reply[0]}"
        check_reply(contract, path, method, reply)
    service.headers = {"Counterbook-Schema": "7"}
    reply = service.request("POST", "/v1/terminals", "{}", "application/json")
    assert reply[0] == 426
    check_reply(contract, "/v1/terminals", "POST", reply)


def main():
    tests = [(name, func) for name, func in globals().items() if name.startswith("test_")]
    root = os.environ["CB_TEST_SOURCE_ROOT"]
    contract = Contract(os.path.join(root, "sync", "openapi.yaml"))
    failed = 0
    print(f"1..{len(tests)}")
    for number, (name, func) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as directory:
            service = Service(os.environ["CB_TEST_PROFILED"], directory)
            try:
                func(contract, service)
                verdict = "ok"
            except (AssertionError, KeyError, Misfit) as error:
                print(f"# {type(error).__name__}: {error}")
                verdict = "not ok"
                failed += 1
            finally:
                service.stop()
        print(f"{verdict} {number} /service/openapi/{name[5:].replace('_', '-')}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
