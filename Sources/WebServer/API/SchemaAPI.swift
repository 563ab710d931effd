import HTTPTypes
import Identity
import Records
import SQLText
import Values

/// What objects and fields there are, and changing them while the program runs. With `?plan=true` a change is only
/// shown.
enum SchemaAPI {
    static func show(_ call: Call) async throws -> Reply {
        .json(
            try await call.read { session in
                var json = JSONWriter(capacity: 65_536)
                session.writeSchema(to: &json)
                return json.bytes
            }
        )
    }

    static func removed(_ call: Call) async throws -> Reply {
        .json(
            try await call.read { session in
                var json = JSONWriter()
                try session.writeRemovedDefinitions(to: &json)
                return json.bytes
            }
        )
    }

    static func addObject(_ call: Call) async throws -> Reply {
        try await run(.addObject(try input(call)), call, .created)
    }

    static func changeObject(_ call: Call) async throws -> Reply {
        try await run(.updateObject(call.parameter("object"), try input(call)), call)
    }

    static func removeObject(_ call: Call) async throws -> Reply {
        try await run(.removeObject(call.parameter("object")), call)
    }

    static func restoreObject(_ call: Call) async throws -> Reply {
        try await run(.restoreObject(call.parameter("object")), call)
    }

    static func addField(_ call: Call) async throws -> Reply {
        try await run(.addField(object: call.parameter("object"), try input(call)), call, .created)
    }

    static func changeField(_ call: Call) async throws -> Reply {
        let (object, field) = (call.parameter("object"), call.parameter("field"))
        return try await run(.updateField(object: object, key: field, try input(call)), call)
    }

    static func removeField(_ call: Call) async throws -> Reply {
        try await run(.removeField(object: call.parameter("object"), key: call.parameter("field")), call)
    }

    static func restoreField(_ call: Call) async throws -> Reply {
        try await run(.restoreField(object: call.parameter("object"), id: call.parameter("field")), call)
    }

    static func removeChoice(_ call: Call) async throws -> Reply {
        let (object, field, choice) = (call.parameter("object"), call.parameter("field"), call.parameter("choice"))
        let target = call.query["move_to"]
        return try await run(.removeChoice(object: object, field: field, choice: choice, moveTo: target), call)
    }

    private static func input(_ call: Call) throws -> JSONValue {
        let input = try call.json()
        guard input.members != nil else {
            throw Problem.malformed(
                "not_an_object",
                Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。")
            )
        }
        return input
    }

    private static func run(
        _ change: SchemaChange,
        _ call: Call,
        _ status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        try call.query.allow(["plan", "move_to"])
        let (actor, plansOnly) = (try call.actor, try call.query.flag("plan"))
        try actor.require(.schema)
        if plansOnly {
            let plan = try await call.engine.plan(change, as: actor)
            return .object { json in
                json.member("object", plan.object)
                json.key("steps")
                json.array { json in
                    for step in plan.steps {
                        json.object { json in
                            json.member("text", step.text.text(call.language))
                            json.member("sql", step.sql?.text)
                        }
                    }
                }
            }
        }
        try await call.engine.apply(change, as: actor)
        var reply = try await show(call)
        reply.status = status
        return reply
    }
}
