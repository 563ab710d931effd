import HTTPTypes
import Identity
import Records
import Schema
import Values

/// The description of the API in OpenAPI 3.1, made from the routes and from the schema as its reader may know it.
struct OpenAPIDocument {
    let schema: SchemaSnapshot
    let rights: Rights
    let actions: (String) -> [RecordAction]
    let version: String
    /// The keys of the objects that have a timeline.
    let views: Set<String>
    /// The addresses of features.
    let features: [Route]

    /// One address as it is described: paths with `{plural}` are written out per object.
    private struct Entry {
        let path: String
        let route: Route
        let operation: Operation
        var object: ObjectDefinition?
        var action: RecordAction?
    }

    private var objects: [ObjectDefinition] {
        schema.objects.filter { !$0.hidden && rights.on($0.key).read != .none }
    }

    /// The whole document.
    func bytes() -> [UInt8] {
        var json = JSONWriter(capacity: 262_144)
        json.object { json in
            json.member("openapi", "3.1.0")
            json.key("info")
            json.object { json in
                json.member("title", "Kehu")
                json.member("version", version)
                json.member("description", "Errors are problem details (RFC 9457) in the language of Accept-Language.")
            }
            json.key("servers")
            json.array { json in json.object { $0.member("url", "/") } }
            json.key("security")
            json.array { json in
                for name in ["key", "session"] {
                    json.object { json in
                        json.key(name)
                        json.array { _ in }
                    }
                }
            }
            json.key("paths")
            json.object { writePaths(to: &$0) }
            json.key("components")
            json.object { writeComponents(to: &$0) }
        }
        return json.bytes
    }

    private func entries() -> [Entry] {
        (Routes.all + features).flatMap { route -> [Entry] in
            guard let operation = route.operation else { return [] }
            if operation.id == "timeline" {
                return objects.filter { views.contains($0.key) }.map { object in
                    let path = route.pattern.replacing("{plural}", with: object.plural)
                    return Entry(path: path, route: route, operation: operation, object: object)
                }
            }
            guard route.pattern.contains("{plural}") else {
                return [Entry(path: route.pattern, route: route, operation: operation)]
            }
            return objects.flatMap { object -> [Entry] in
                let path = route.pattern.replacing("{plural}", with: object.plural)
                guard path.contains("{action}") else {
                    return [Entry(path: path, route: route, operation: operation, object: object)]
                }
                return actions(object.key).map { action in
                    Entry(
                        path: path.replacing("{action}", with: action.name),
                        route: route,
                        operation: operation,
                        object: object,
                        action: action
                    )
                }
            }
        }
    }

    private func writePaths(to json: inout JSONWriter) {
        var order: [String] = []
        var byPath: [String: [Entry]] = [:]
        for entry in entries() {
            if byPath[entry.path] == nil { order.append(entry.path) }
            byPath[entry.path, default: []].append(entry)
        }
        for path in order {
            json.key(path)
            json.object { json in
                for entry in byPath[path] ?? [] {
                    json.key(entry.route.method.rawValue.lowercased())
                    json.object { write(entry, to: &$0) }
                }
            }
        }
    }

    private func write(_ entry: Entry, to json: inout JSONWriter) {
        let operation = entry.operation
        var id = operation.id
        if let object = entry.object {
            id += "_" + (entry.action?.name.replacing("-", with: "_") ?? "") + object.plural
        }
        if entry.path == "/openapi.json" { id = "openapi_root" }
        json.member("operationId", id)
        json.member("summary", entry.action?.label.en ?? operation.summary)
        json.member("tags", [entry.object?.label.en ?? operation.group])
        if entry.route.audience == .anyone {
            json.key("security")
            json.array { _ in }
        }
        writeParameters(entry, to: &json)
        writeInput(entry, to: &json)
        json.key("responses")
        json.object { writeResponses(entry, to: &$0) }
    }

    private func writeParameters(_ entry: Entry, to json: inout JSONWriter) {
        let names = entry.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        json.key("parameters")
        json.array { json in
            for name in names {
                let isID = name == "id" || name == "share" || name == "file" || name == "delivery"
                write(String(name), "path", isID ? .id : .raw(#"{"type":"string","minLength":1}"#), "", to: &json)
            }
            for parameter in entry.operation.parameters {
                write(parameter.name, "query", parameter.schema, parameter.text, to: &json)
            }
            if entry.route.method == .post, entry.route.audience == .people {
                write(
                    "Idempotency-Key",
                    "header",
                    .text(max: 200),
                    "Makes a repeated request answer as the first",
                    to: &json
                )
            }
            if entry.object != nil, entry.route.method == .patch || entry.route.method == .delete {
                write("If-Match", "header", .string, "The version that was read", to: &json)
            }
            if !OpenAPIDocument.ofTheProcess.contains(entry.operation.id) {
                json.object { $0.member("$ref", "#/components/parameters/workspace") }
            }
        }
    }

    /// What is asked of the process and not of a workspace.
    private static let ofTheProcess = [Operation.health.id, Operation.ready.id]

    private func write(
        _ name: String,
        _ place: String,
        _ schema: JSONSchema,
        _ text: String,
        to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("name", name)
            json.member("in", place)
            if place == "path" || name == "q" && text == "What is looked for" { json.member("required", true) }
            if !text.isEmpty { json.member("description", text) }
            json.key("schema")
            schema.write(to: &json)
        }
    }

    private func writeInput(_ entry: Entry, to json: inout JSONWriter) {
        let schema: JSONSchema
        switch entry.operation.input {
        case .nothing: return
        case .json(let given): schema = given
        case .form(let members):
            json.key("requestBody")
            return json.object { json in
                json.member("required", true)
                let form = JSONSchema.object(members, required: ["file", "object"], open: false)
                content("multipart/form-data", form, to: &json)
            }
        case .bytes:
            json.key("requestBody")
            return json.object { json in
                json.member("required", true)
                json.key("content")
                json.object { json in
                    let members = [("file", JSONSchema.binary), ("object", .string), ("record", .string)]
                    media("multipart/form-data", .object(members, required: ["file"], open: false), to: &json)
                    media("application/octet-stream", .binary, to: &json)
                }
            }
        case .newRecord: schema = .reference((entry.object?.key ?? "") + "_input")
        case .changes: schema = .reference((entry.object?.key ?? "") + "_changes")
        case .action:
            let members = entry.action?.parameters.sorted { $0.key < $1.key } ?? []
            schema = .object(members.map { ($0.key, .raw($0.value)) }, required: [], open: true)
        }
        json.key("requestBody")
        json.object { json in
            json.member("required", true)
            content("application/json", schema, to: &json)
        }
    }

    /// What files that are answered may be.
    private static let fileTypes = [
        "text/csv", "application/x-ndjson", "text/vcard", "application/zip",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]

    private func writeResponses(_ entry: Entry, to json: inout JSONWriter) {
        let operation = entry.operation
        json.key(String(operation.status))
        json.object { json in
            json.member("description", "Done")
            switch operation.output {
            case .nothing: break
            case .text: content("text/plain", .string, to: &json)
            case .file:
                json.key("content")
                json.object { json in
                    for type in OpenAPIDocument.fileTypes {
                        json.key(type)
                        json.object { json in
                            json.key("schema")
                            JSONSchema.string.write(to: &json)
                        }
                    }
                }
            case .binary: content("*/*", .binary, to: &json)
            case .json(let schema): content("application/json", schema, to: &json)
            case .jsonOrCSV(let schema):
                json.key("content")
                json.object { json in
                    media("application/json", schema, to: &json)
                    media("text/csv", .string, to: &json)
                }
            case .record: content("application/json", .reference(entry.object?.key ?? ""), to: &json)
            case .records:
                content("application/json", .list(.reference(entry.object?.key ?? ""), total: true), to: &json)
            }
        }
        if operation.status > 200, operation.status < 204, !operation.parameters.isEmpty {
            // `?plan=true` and `?preview=true` make nothing.
            json.key("200")
            json.object { json in
                json.member("description", "Only looked at")
                content("application/json", .raw("{\"type\":\"object\"}"), to: &json)
            }
        }
        if operation.mayGoOn, case .json(let schema) = operation.output {
            json.key("202")
            json.object { json in
                json.member("description", "Begun; it goes on by itself")
                content("application/json", schema, to: &json)
            }
        }
        if operation.id == "get" {
            json.key("304")
            json.object { $0.member("description", "Not changed since") }
        }
        for status in [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 503] {
            json.key(String(status))
            json.object { $0.member("$ref", "#/components/responses/problem") }
        }
    }

    private func content(_ type: String, _ schema: JSONSchema, to json: inout JSONWriter) {
        json.key("content")
        json.object { media(type, schema, to: &$0) }
    }

    private func media(_ type: String, _ schema: JSONSchema, to json: inout JSONWriter) {
        json.key(type)
        json.object { json in
            json.key("schema")
            schema.write(to: &json)
        }
    }
}

extension OpenAPIDocument {
    private static let workspace =
        "The name of the workspace that is meant, at a host name that several workspaces share: without it 400, "
        + "`workspace_needed`. Elsewhere it means nothing."

    fileprivate func writeComponents(to json: inout JSONWriter) {
        json.key("securitySchemes")
        json.object { json in
            json.key("key")
            json.object { json in
                json.member("type", "http")
                json.member("scheme", "bearer")
            }
            json.key("session")
            json.object { json in
                json.member("type", "apiKey")
                json.member("in", "cookie")
                json.member("name", Doors.cookie)
            }
        }
        json.key("parameters")
        json.object { json in
            json.key("workspace")
            write(HTTPField.Name.workspace.rawName, "header", .string, OpenAPIDocument.workspace, to: &json)
        }
        json.key("responses")
        json.object { json in
            json.key("problem")
            json.object { json in
                json.member("description", "What is wrong and what to do")
                content("application/problem+json", .reference("problem"), to: &json)
            }
        }
        json.key("schemas")
        json.object { json in
            for component in Components.schemas {
                json.key(component.name)
                component.schema.write(to: &json)
            }
            for object in objects { write(object, to: &json) }
        }
    }

    private func write(_ object: ObjectDefinition, to json: inout JSONWriter) {
        let readable = object.fields.filter { !$0.hidden && rights.field(object.key, $0.key) != .hidden }
        let writable = readable.filter { $0.isWritable && rights.field(object.key, $0.key) == .full }
        json.key(object.key)
        JSONSchema.object(readable.map { ($0.key, $0.outputSchema) }, required: ["id"], open: false).write(to: &json)
        json.key(object.key + "_input")
        JSONSchema.object(writable.map { ($0.key, $0.inputSchema) }, required: [], open: false).write(to: &json)
        json.key(object.key + "_changes")
        JSONSchema.object(
            writable.map { ($0.key, $0.inputSchema) } + [("version", .integer)],
            required: [],
            open: false
        ).write(to: &json)
    }
}
