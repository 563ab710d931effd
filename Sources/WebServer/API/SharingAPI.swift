import HTTPTypes
import Identity
import Records
import Schema
import Values

/// Who may see a record and why, with whom it is shared, and what happened to it.
enum SharingAPI {
    static func history(_ call: Call) async throws -> Reply {
        try call.query.allow(["limit", "cursor"])
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let before = try call.query.integer("cursor", 1...Int64.max, preset: Int64.max)
        return try await call.read { session in
            let rows = try session.history(try session.object(plural), id, limit: limit, before: before)
            return AuditAPI.reply(rows, limit: limit)
        }
    }

    static func access(_ call: Call) async throws -> Reply {
        let (id, plural, language) = (try call.recordID(), call.parameter("plural"), call.language)
        let identities = call.workspace.identities
        return try await call.read { session in
            let object = try session.object(plural)
            let readers = try session.whoCanSee(object, id, identities: identities)
            return Reply.list(readers) { reader, json in
                json.object { json in
                    json.key("user")
                    json.object { json in
                        json.key("id")
                        json.id(reader.user)
                        json.member("name", reader.name)
                    }
                    json.key("reasons")
                    json.array { json in for reason in reader.reasons { json.string(reason.text(language)) } }
                }
            }
        }
    }

    static func list(_ call: Call) async throws -> Reply {
        let (id, plural) = (try call.recordID(), call.parameter("plural"))
        return try await call.read { session in
            try reply(try session.shares(try session.object(plural), id))
        }
    }

    static func add(_ call: Call) async throws -> Reply {
        let (id, plural, input) = (try call.recordID(), call.parameter("plural"), try call.json())
        try Members.check(input, allowed: ["user", "team", "can_edit"])
        let (user, team) = (try Members.optionalID(input, "user"), try Members.optionalID(input, "team"))
        let canEdit = try Members.flag(input, "can_edit") ?? false
        return try await call.write { session in
            let object = try session.object(plural)
            try session.share(object, id, user: user, team: team, canEdit: canEdit)
            return try reply(try session.shares(object, id), .created)
        }
    }

    static func remove(_ call: Call) async throws -> Reply {
        let (id, share, plural) = (try call.recordID(), try call.recordID("share"), call.parameter("plural"))
        return try await call.write { session in
            try session.unshare(try session.object(plural), id, share)
            return .noContent
        }
    }

    private static func reply(_ shares: [Share], _ status: HTTPResponse.Status = .ok) throws -> Reply {
        var reply = Reply.list(shares) { share, json in
            json.object { json in
                json.key("id")
                json.id(share.id)
                json.member("user", share.user?.description)
                json.member("team", share.team?.description)
                json.member("name", share.name)
                json.member("can_edit", share.canEdit)
            }
        }
        reply.status = status
        return reply
    }
}

/// The audit log.
enum AuditAPI {
    static func list(_ call: Call) async throws -> Reply {
        try call.query.allow(["user", "action", "limit", "cursor"])
        let (user, action) = (try call.query.id("user"), call.query["action"])
        let limit = Int(try call.query.integer("limit", 1...200, preset: 50))
        let before = try call.query.integer("cursor", 1...Int64.max, preset: Int64.max)
        return try await call.read { session in
            reply(try session.auditLog(user: user, action: action, limit: limit, before: before), limit: limit)
        }
    }

    /// Entries, newest first.
    static func reply(_ rows: [AuditRow], limit: Int) -> Reply {
        .list(rows, next: rows.count == limit ? rows.last.map { String($0.seq) } : nil) { row, json in
            row.write(to: &json)
        }
    }
}
