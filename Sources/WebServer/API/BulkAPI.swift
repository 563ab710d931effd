import Records
import Values

/// Changes and deletions of all records that a filter selects.
enum BulkAPI {
    static func update(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["ids", "filter", "q", "all", "data"])
        guard let data = input["data"], data.members != nil else { throw Members.missing("data") }
        let selection = try selection(input)
        let plural = call.parameter("plural")
        return reply(try await call.engine.updateAll(plural, selection, data: data, as: call.actor), call.language)
    }

    static func delete(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["ids", "filter", "q", "all"])
        let selection = try selection(input)
        return reply(
            try await call.engine.deleteAll(call.parameter("plural"), selection, as: call.actor),
            call.language
        )
    }

    /// Nothing given does not mean everything: that must be said.
    static func selection(_ input: JSONValue) throws -> BulkSelection {
        let selection = BulkSelection(
            ids: try Members.ids(input, "ids"),
            filter: try Members.text(input, "filter"),
            search: try Members.text(input, "q")
        )
        let isEmpty = selection.ids == nil && isBlank(selection.filter) && isBlank(selection.search)
        guard try !isEmpty || Members.flag(input, "all") == true else {
            throw Problem.invalid(
                "filter",
                "required",
                Label(
                    "Say which records: «ids», «filter», «q», or «all»: true.",
                    zh: "请指定记录范围：ids、filter、q，或 \"all\": true 表示全部。"
                )
            )
        }
        return selection
    }

    private static func isBlank(_ text: String?) -> Bool { text?.allSatisfy(\.isWhitespace) ?? true }

    private static func reply(_ result: BulkResult, _ language: Language) -> Reply {
        .object { json in
            json.member("matched", Int64(result.matched))
            json.member("changed", Int64(result.changed))
            json.key("failed")
            json.array { json in
                for (id, problem) in result.failed {
                    json.object { json in
                        json.key("id")
                        json.id(id)
                        json.key("error")
                        ErrorReply.write(problem, language, id: nil, to: &json)
                    }
                }
            }
        }
    }
}
