import Identity
import Records
import Schema
import Values

/// Finding records of all objects at once.
enum SearchAPI {
    static func search(_ call: Call) async throws -> Reply {
        try call.query.allow(["q", "limit", "objects"])
        guard let text = call.query["q"], !text.allSatisfy(\.isWhitespace) else {
            throw Problem.malformed("missing_parameter", Label("«q» is missing.", zh: "缺少参数 q。"))
        }
        let limit = Int(try call.query.integer("limit", 1...50, preset: 5))
        let wanted = RecordsAPI.keys(call.query["objects"])
        return try await call.read { session in
            try Reply.object { json in
                json.key("data")
                try json.array { json in
                    let objects = session.schema.objects.filter { object in
                        !object.hidden && wanted.map { $0.contains(object.key) || $0.contains(object.plural) } ?? true
                    }
                    for object in try session.objectsWithHits(text, among: objects) {
                        var query = ListQuery()
                        query.search = text
                        query.limit = limit
                        query.fields = ["id", object.nameField]
                        let page = try session.list(object, query)
                        guard let name = page.plan.slot(object.nameField) else { continue }
                        for row in page.rows {
                            json.object { json in
                                json.member("object", object.key)
                                json.member("plural", object.plural)
                                json.key("id")
                                json.id(row.id)
                                json.member("name", row.values(name).first?.text ?? "")
                            }
                        }
                    }
                }
            }
        }
    }
}
