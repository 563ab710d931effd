import Database
import SQLText
public import Values

/// A subscription: which events are sent where, and whose rights decide what they hold.
public struct Webhook: Sendable, Equatable {
    /// Whether events are sent.
    public enum State: String, Sendable, CaseIterable {
        /// They are.
        case active
        /// Somebody has stopped it for now.
        case paused
        /// The program has switched it off, because it failed for days or the receiver said that it is gone.
        case off
    }

    /// The id.
    public let id: RecordID
    /// What it is for.
    public var name: String
    /// Where events are sent.
    public var address: String
    /// The person whose rights decide what is sent.
    public var user: RecordID
    /// That person's name.
    public var userName: String
    /// What is sent: `customer.created`, `customer.*`, `*.deleted` or `*`.
    public var events: [String]
    /// An expression that must be true for the record; empty for none.
    public var filter: String
    /// The fields of the payload; nil for all that the person may read.
    public var fields: [String]?
    /// Whether events are sent.
    public var state: State
    /// Why the program has switched it off: `gone`, `failing`, `owner`.
    public var reason: String?
    /// Until when the secret before the present one is used too; nil when there is none.
    public var oldSecretUntil: Instant?
    /// Since when nothing has arrived; nil when the last try went well.
    public var failingSince: Instant?
    /// When it was made.
    public let createdAt: Instant
    /// When it was last changed.
    public let updatedAt: Instant
    /// The newest event that was turned into a delivery, or passed over.
    let seen: Int64
    let absences: Int64
    let fails: Int64

    static let columns = """
        w.id, w.name, w.address, w.user_id, coalesce(u.name, ''), w.events, w.filter, w.fields, w.state, w.reason,
        w.old_until, w.failing_since, w.created_at, w.updated_at, w.seen, w.absences, w.fails
        """

    init(_ row: Row) {
        func instant(_ index: Int) -> Instant? { row[index].integer.map(Instant.init(milliseconds:)) }
        id = RecordID(row.integer(0))
        name = row.text(1)
        address = row.text(2)
        user = RecordID(row.integer(3))
        userName = row.text(4)
        events = Webhook.list(row.text(5))
        filter = row.text(6)
        fields = row[7].text.map(Webhook.list)
        state = State(rawValue: row.text(8)) ?? .off
        reason = row[9].text
        oldSecretUntil = instant(10)
        failingSince = instant(11)
        createdAt = Instant(milliseconds: row.integer(12))
        updatedAt = Instant(milliseconds: row.integer(13))
        (seen, absences, fails) = (row.integer(14), row.integer(15), row.integer(16))
    }

    static func list(_ json: String) -> [String] {
        ((try? JSONReader.parse(json))?.array ?? []).compactMap(\.string)
    }

    static func text(_ list: [String]) -> String { JSONValue.array(list.map(JSONValue.string)).text }
}

/// What can happen to a record, as the outbox and as subscriptions name it.
public enum WebhookVerb: String, Sendable, CaseIterable {
    case created, updated, deleted, restored, merged, unmerged, erased, purged
    /// Somebody should look at it: an announcement with reasons, no change.
    case warned

    /// The action in the outbox.
    var action: String {
        switch self {
        case .created: "create"
        case .updated: "update"
        case .deleted: "delete"
        case .restored: "restore"
        case .merged: "merge"
        case .unmerged: "unmerge"
        case .erased: "erase"
        case .purged: "purge"
        case .warned: "warn"
        }
    }

    init?(action: String) {
        guard let verb = WebhookVerb.allCases.first(where: { $0.action == action }) else { return nil }
        self = verb
    }

    /// The name for people.
    public var label: Label {
        switch self {
        case .created: Label("Made", zh: "新建")
        case .updated: Label("Changed", zh: "修改")
        case .deleted: Label("Deleted", zh: "删除")
        case .restored: Label("Restored", zh: "恢复")
        case .merged: Label("Merged", zh: "合并")
        case .unmerged: Label("Merge undone", zh: "撤销合并")
        case .erased: Label("Person erased", zh: "抹除个人信息")
        case .purged: Label("Deleted for ever", zh: "彻底删除")
        case .warned: Label("Warned about", zh: "预警")
        }
    }
}

/// One entry of a subscription's list: an object or `*`, and what happens to it or `*`.
struct EventPattern {
    /// The object's key; nil for all.
    let object: String?
    /// What happens; nil for all.
    let verb: WebhookVerb?

    /// Reads `object.verb`, `object.*`, `*.verb` and `*`.
    init?(_ text: String) {
        if text == "*" {
            (object, verb) = (nil, nil)
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        object = parts[0] == "*" ? nil : parts[0]
        if parts[1] == "*" {
            verb = nil
        } else {
            guard let known = WebhookVerb(rawValue: parts[1]) else { return nil }
            verb = known
        }
    }

    /// The condition on rows of the outbox.
    var condition: SQLFragment {
        var parts: [SQLFragment] = []
        if let object { parts.append("object = \(object)") }
        if let verb { parts.append("action = \(verb.action)") }
        return parts.isEmpty ? "1 = 1" : "(" + parts.joined(" AND ") + ")"
    }
}
