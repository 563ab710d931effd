import HTTPTypes
import HummingbirdCore
import Identity
import NIOCore
import Privacy
import Records
import Schema
import Values

/// Personal data: erasing a person, giving out all that is held, and rules how long records are kept.
enum PrivacyAPI {
    // MARK: Erasing

    static func preview(_ call: Call) async throws -> Reply {
        let preview = try await call.workspace.privacy.preview(
            call.parameter("plural"),
            try call.recordID(),
            as: try call.actor
        )
        let language = call.language
        return Reply.object { json in
            json.member("confirm", preview.name)
            json.key("fields")
            json.array { json in for field in preview.fields { json.string(field.text(language)) } }
            json.member("notes", preview.notes)
            json.member("audit_entries", preview.entries)
            json.member("files", preview.files)
            json.key("kept")
            json.array { json in
                for (label, count) in preview.kept {
                    json.object { json in
                        json.member("label", label.text(language))
                        json.member("count", count)
                    }
                }
            }
            json.member("erased_at", preview.erasedAt?.description)
        }
    }

    static func erase(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["confirm", "reason"])
        let report = try await call.workspace.privacy.erase(
            call.parameter("plural"),
            try call.recordID(),
            confirmation: try Members.requiredText(input, "confirm"),
            reason: try Members.text(input, "reason"),
            as: try call.actor
        )
        return Reply.json { report.write(to: &$0) }
    }

    static func eraseUser(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["confirm", "reason"])
        let report = try await call.workspace.privacy.eraseUser(
            try call.recordID(),
            confirmation: try Members.requiredText(input, "confirm"),
            reason: try Members.text(input, "reason"),
            as: try call.actor
        )
        return Reply.json { report.write(to: &$0) }
    }

    // MARK: Giving out

    static func held(_ call: Call) async throws -> Reply {
        try await held(.record(call.parameter("plural"), try call.recordID()), try call.recordID(), call)
    }

    static func heldOfUser(_ call: Call) async throws -> Reply {
        try await held(.user(try call.recordID()), try call.recordID(), call)
    }

    private static func held(_ subject: HeldSubject, _ id: RecordID, _ call: Call) async throws -> Reply {
        try call.query.allow(["format"])
        guard let format = HeldFormat(rawValue: call.query["format"] ?? "json") else {
            throw Problem.malformed(
                "unknown_format",
                Label("«format» must be json, html or zip.", zh: "format 只能是 json、html 或 zip。")
            )
        }
        let (privacy, language) = (call.workspace.privacy, call.language)
        var actor = try call.actor
        actor.language = language
        let reader = actor
        // What is not allowed is said before the first byte.
        try await privacy.mayGiveOut(subject, by: reader)
        var reply = Reply()
        reply.headers[.contentType] = format.contentType
        reply.headers[.contentDisposition] = "attachment; filename=\"held-\(id).\(format.rawValue)\""
        reply.headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        if call.method == .head { return reply }
        reply.body = .stream(
            ResponseBody { writer in
                let box = ReplyWriter(writer)
                try await privacy.writeHeld(of: subject, as: format, by: reader) { try await box.write($0) }
                try await box.finish()
            }
        )
        return reply
    }

    // MARK: How long records are kept

    static func rules(_ call: Call) async throws -> Reply {
        try await call.read { session in
            Reply.list(try Privacy.retention(session)) { $0.write(to: &$1) }
        }
    }

    static func add(_ call: Call) async throws -> Reply {
        let rule = try rule(try call.json())
        let privacy = call.workspace.privacy
        return try await call.write { session in
            let stored = try privacy.add(rule, session)
            return Reply.json(.created) { stored.write(to: &$0) }
        }
    }

    static func change(_ call: Call) async throws -> Reply {
        let (id, input, privacy) = (try call.recordID(), try call.json(), call.workspace.privacy)
        try Members.check(input, allowed: ["active"])
        guard let active = try Members.flag(input, "active") else { throw Members.missing("active") }
        return try await call.write { session in
            let stored = try privacy.set(id, active: active, session)
            return Reply.json { stored.write(to: &$0) }
        }
    }

    static func remove(_ call: Call) async throws -> Reply {
        let (id, privacy) = (try call.recordID(), call.workspace.privacy)
        return try await call.write { session in
            try privacy.remove(id, session)
            return .noContent
        }
    }

    /// What a rule would deal with now.
    static func due(_ call: Call) async throws -> Reply {
        let rule = try rule(try call.json())
        let privacy = call.workspace.privacy
        return try await call.read { session in
            let preview = try privacy.due(rule, session)
            return Reply.object { json in
                json.member("count", preview.count)
                json.key("first")
                json.array { json in
                    for (id, name) in preview.names {
                        json.object { json in
                            json.member("id", id.description)
                            json.member("name", name)
                        }
                    }
                }
            }
        }
    }

    private static func rule(_ input: JSONValue) throws -> RetentionRule {
        try Members.check(input, allowed: ["object", "filter", "field", "days", "action", "active"])
        guard let action = RetentionRule.Action(rawValue: try Members.requiredText(input, "action")) else {
            throw Problem.invalid(
                "action",
                "unknown_choice",
                Label("Use delete, purge or erase.", zh: "只能是 delete、purge 或 erase。")
            )
        }
        guard let days = try Members.integer(input, "days") else { throw Members.missing("days") }
        return RetentionRule(
            object: try Members.requiredText(input, "object"),
            filter: try Members.text(input, "filter") ?? "",
            field: try Members.text(input, "field") ?? "updated_at",
            days: days,
            action: action,
            active: try Members.flag(input, "active") ?? true
        )
    }
}

/// Lets a closure write to the response.
final class ReplyWriter {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    func write(_ bytes: [UInt8]) async throws { try await writer.write(ByteBuffer(bytes: bytes)) }

    func finish() async throws { try await writer.finish(nil) }
}
