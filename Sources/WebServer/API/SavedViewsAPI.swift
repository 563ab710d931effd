import HTTPTypes
import Records
import Schema
import Values

/// The saved views of lists.
enum SavedViewsAPI {
    static func list(_ call: Call) async throws -> Reply {
        let plural = call.parameter("plural")
        return try await call.read { session in
            let views = try session.savedViews(try session.object(plural))
            return Reply.list(views) { write($0, session, to: &$1) }
        }
    }

    static func add(_ call: Call) async throws -> Reply {
        let (plural, input) = (call.parameter("plural"), try call.json())
        return try await call.write { session in
            let object = try session.object(plural)
            let id = try session.save(try view(input, SavedView(name: "")), of: object)
            return try answer(id, object, session, .created)
        }
    }

    static func change(_ call: Call) async throws -> Reply {
        let (plural, id, input) = (call.parameter("plural"), try call.recordID("view"), try call.json())
        return try await call.write { session in
            let object = try session.object(plural)
            guard let old = try session.savedViews(object).first(where: { $0.id == id }) else { throw Problem.notFound }
            try session.save(try view(input, old), of: object)
            return try answer(id, object, session, .ok)
        }
    }

    static func delete(_ call: Call) async throws -> Reply {
        let (plural, id) = (call.parameter("plural"), try call.recordID("view"))
        return try await call.write { session in
            try session.delete(id, of: try session.object(plural))
            return .noContent
        }
    }

    private static func answer(
        _ id: RecordID,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ status: HTTPResponse.Status
    ) throws -> Reply {
        guard let view = try session.savedViews(object).first(where: { $0.id == id }) else { throw Problem.notFound }
        return Reply.json(status) { write(view, session, to: &$0) }
    }

    /// The members that are given; others stay as they are.
    private static func view(_ input: JSONValue, _ old: SavedView) throws -> SavedView {
        try Members.check(input, allowed: ["name", "sharing", "filter", "sort", "columns", "default"])
        var view = old
        view.name = try Members.text(input, "name") ?? old.name
        view.filter = try Members.text(input, "filter") ?? old.filter
        view.sort = try Members.text(input, "sort") ?? old.sort
        view.isDefault = try Members.flag(input, "default") ?? old.isDefault
        if let text = try Members.text(input, "sharing") {
            guard let sharing = SavedView.Sharing(rawValue: text) else {
                throw Problem.invalid(
                    "sharing",
                    "unknown_sharing",
                    Label("Use «own», «team» or «all».", zh: "请填写 own、team 或 all。")
                )
            }
            view.sharing = sharing
        }
        if let columns = input["columns"], !columns.isNull {
            guard let keys = columns.array?.map(\.string), keys.allSatisfy({ $0 != nil }) else {
                throw Problem.invalid(
                    "columns",
                    "not_a_list",
                    Label("This must be a list of field keys.", zh: "此处应为字段键的列表。")
                )
            }
            view.columns = keys.compactMap { $0?.filter { $0 != "," } }
        }
        return view
    }

    private static func write(_ view: SavedView, _ session: ReadSession, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", view.id.description)
            json.member("name", view.name)
            json.member("owner", view.owner.description)
            json.member("sharing", view.sharing.rawValue)
            json.member("filter", view.filter)
            json.member("sort", view.sort)
            json.key("columns")
            json.array { json in for key in view.columns { json.string(key) } }
            json.member("default", view.isDefault)
            json.member("may_change", session.mayChange(view))
        }
    }
}

/// Changes of many records that go on in the background, tell how far they are, and can be undone.
enum BulkRunsAPI {
    static func start(_ call: Call) async throws -> Reply {
        let (plural, input, actor) = (call.parameter("plural"), try call.json(), try call.actor)
        try Members.check(input, allowed: ["ids", "filter", "q", "all", "action", "data", "field", "tag"])
        let selection = try BulkAPI.selection(input)
        let action = try action(input)
        let left = try BulkHandlers.leaving(call)
        let id = try await call.engine.beginBulk(plural, selection, action, as: actor, enqueue: left)
        return try await show(id, call, .accepted)
    }

    static func one(_ call: Call) async throws -> Reply { try await show(try call.recordID(), call, .ok) }

    static func undo(_ call: Call) async throws -> Reply {
        let id = try call.recordID()
        try await call.engine.beginUndo(ofBulk: id, as: try call.actor, enqueue: try BulkHandlers.leaving(call))
        return try await show(id, call, .accepted)
    }

    private static func action(_ input: JSONValue) throws -> BulkAction {
        switch try Members.requiredText(input, "action") {
        case "set":
            guard let data = input["data"], data.members != nil else { throw Members.missing("data") }
            return .set(data)
        case "tag", "untag":
            return .tag(
                field: try Members.requiredText(input, "field"),
                tag: try Members.requiredText(input, "tag"),
                add: input["action"]?.string == "tag"
            )
        case "delete": return .delete
        default:
            throw Problem.invalid(
                "action",
                "unknown_action",
                Label("Use «set», «tag», «untag» or «delete».", zh: "请填写 set、tag、untag 或 delete。")
            )
        }
    }

    private static func show(_ id: RecordID, _ call: Call, _ status: HTTPResponse.Status) async throws -> Reply {
        let run = try await call.engine.bulkRun(id, as: try call.actor)
        return .object(status) { json in
            json.member("id", run.id.description)
            json.member("object", run.plural)
            json.member("total", Int64(run.total))
            json.member("changed", Int64(run.changed))
            json.member("refused", Int64(run.refused))
            json.member("waiting", Int64(run.waiting))
            json.member("done", run.isDone)
            json.member("undone", run.isUndone)
            json.member("reason", run.reason?.text(call.language))
        }
    }
}
