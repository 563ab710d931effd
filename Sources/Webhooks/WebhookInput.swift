import Identity
import Records
import Schema
import Values

/// What a subscription is to be, as it was sent or as it is stored.
struct WebhookInput {
    var name: String
    var address: String
    var events: [String]
    var filter: String
    var fields: [String]?
    var user: RecordID
    var active: Bool

    init(_ webhook: Webhook) {
        name = webhook.name
        address = webhook.address
        events = webhook.events
        filter = webhook.filter
        fields = webhook.fields
        user = webhook.user
        active = webhook.state == .active
    }

    /// Reads input in the API's form; what it does not name stays as it was.
    init(_ input: JSONValue, before: Webhook?, by session: WriteSession) throws {
        guard case .object(let members) = input else {
            throw Problem.malformed("not_an_object", Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。"))
        }
        let unknown = members.filter { !Webhooks.members.contains($0.key) }.prefix(20).map { member in
            FieldProblem(
                String(member.key.prefix(60)),
                "unknown_field",
                Label("There is no such member here.", zh: "没有这一项。")
            )
        }
        if !unknown.isEmpty { throw Problem.invalid(unknown) }
        func text(_ name: String, _ preset: String?, most: Int) throws -> String {
            guard let value = input[name], !value.isNull else {
                if let preset { return preset }
                throw Problem.invalid(name, "required", Label("«\(name)» must have a value.", zh: "请填写“\(name)”。"))
            }
            guard let text = value.string, text.count <= most, !text.unicodeScalars.contains(where: { $0.value < 0x20 })
            else {
                throw Problem.invalid(
                    name,
                    "wrong_type",
                    Label("This must be text of at most \(most) characters.", zh: "必须是不超过 \(most) 个字的文本。")
                )
            }
            return text
        }
        address = try text("address", before?.address, most: 2000)
        name = try text("name", before?.name ?? "", most: 100)
        filter = try text("filter", before?.filter ?? "", most: 4000)
        events = try WebhookInput.list(input, "events") ?? before?.events ?? []
        fields = input["fields"] == nil ? before?.fields : try WebhookInput.list(input, "fields")
        if fields?.isEmpty ?? false { fields = nil }
        user = try WebhookInput.user(input, before, session)
        active = try WebhookInput.active(input) ?? before.map { $0.state == .active } ?? true
        if name.isEmpty { name = address.split(separator: "/").dropFirst().first.map(String.init) ?? address }
    }

    private static func user(_ input: JSONValue, _ before: Webhook?, _ session: WriteSession) throws -> RecordID {
        if let value = input["user"], !value.isNull {
            guard let id = (value.string ?? value["id"]?.string).flatMap({ RecordID($0) }) else {
                throw Problem.invalid(
                    "user",
                    "wrong_type",
                    Label("This must be an id of 13 characters.", zh: "必须是 13 位编号。")
                )
            }
            return id
        }
        guard let user = before?.user ?? session.actor.userID else {
            throw Problem.invalid("user", "required", Label("Say whose rights it has.", zh: "请指定所属用户。"))
        }
        return user
    }

    private static func active(_ input: JSONValue) throws -> Bool? {
        guard let value = input["active"], !value.isNull else { return nil }
        guard let flag = value.bool else {
            throw Problem.invalid("active", "wrong_type", Label("This must be true or false.", zh: "只能是 true 或 false。"))
        }
        return flag
    }

    private static func list(_ input: JSONValue, _ name: String) throws -> [String]? {
        guard let value = input[name], !value.isNull else { return nil }
        let items = value.array ?? []
        let texts = items.compactMap(\.string)
        guard value.array != nil, texts.count == items.count, texts.count <= 200 else {
            throw Problem.invalid(
                name,
                "wrong_type",
                Label("This must be a list of at most 200 texts.", zh: "必须是文本列表，最多 200 项。")
            )
        }
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    /// Checks events, filter and fields under the rights of the person it belongs to.
    func check(_ session: ReadSession) throws {
        guard !events.isEmpty else {
            throw Problem.invalid("events", "required", Label("Choose at least one event.", zh: "请至少选择一个事件。"))
        }
        var objects: Set<String?> = []
        for text in events {
            guard let pattern = EventPattern(text), try isKnown(pattern.object, session) else {
                let shown = String(text.prefix(60))
                let verbs = WebhookVerb.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.invalid(
                    "events",
                    "unknown_event",
                    Label(
                        "«\(shown)» is no event. Use the key of an object, a dot, and one of \(verbs) or *.",
                        zh: "“\(shown)”不是有效的事件，格式为“对象.事件”，事件可用 \(verbs) 或 *。"
                    )
                )
            }
            objects.insert(pattern.object)
        }
        guard !filter.isEmpty || fields != nil else { return }
        guard objects.count == 1, case .some(.some(let key)) = objects.first, let object = session.schema.object(key)
        else {
            throw Problem.invalid(
                filter.isEmpty ? "fields" : "filter",
                "several_objects",
                Label("This needs events of one object only.", zh: "仅当所有事件属于同一对象时才能设置。")
            )
        }
        if !filter.allSatisfy(\.isWhitespace) {
            _ = try Problem.about("filter") { try session.check(filter, on: object) }
        }
        if let fields { _ = try Problem.about("fields") { try session.plan(object, fields: fields) } }
    }

    private func isKnown(_ key: String?, _ session: ReadSession) throws -> Bool {
        guard let key else { return true }
        return session.schema.object(key).map { !$0.hidden && session.actor.rights.on(key).read != .none } ?? false
    }

    /// The values as the audit log tells them.
    var audited: [String: JSONValue] {
        [
            "name": .string(name), "address": .string(address), "events": .array(events.map(JSONValue.string)),
            "filter": .string(filter), "fields": fields.map { .array($0.map(JSONValue.string)) } ?? .null,
            "user": .string(user.description), "active": .bool(active),
        ]
    }
}

extension Problem {
    /// Says of a problem with fields which member of the input it is about.
    static func about<Result>(_ member: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let problem as Problem {
            throw Problem.invalid(member, problem.code, problem.message)
        }
    }
}
