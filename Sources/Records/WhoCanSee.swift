import Database
public import Identity
import SQLText
public import Schema
public import Values

/// Somebody who may see a record, and why.
public struct AccessReason: Sendable {
    /// The person.
    public let user: RecordID
    /// The person's name.
    public let name: String
    /// Every reason, in words.
    public internal(set) var reasons: [Label]
}

extension ReadSession {
    /// «Who can see this and why»: everybody active who may see a record, by name, with every reason.
    public func whoCanSee(
        _ object: ObjectDefinition,
        _ id: RecordID,
        identities: Identities
    ) throws -> [AccessReason] {
        let record = try find(object, id)
        var reasons = try readers(of: object, record, identities)
        guard let link = object.parentLink, let field = object.field(link), case .link(let target) = field.kind,
            let parent = schema.object(target), let parentID = record[link].integer.map(RecordID.init),
            let parentRecord = try system.row(parent, parentID, for: .read)
        else { return reasons }
        for reader in try readers(of: parent, parentRecord, identities) {
            let actor = try identities.actor(for: reader.user, on: connection)
            guard let actor, actor.rights.on(object.key).read != .none else { continue }
            let why = Label(
                "May see the \(parent.label.en.lowercased()) that it belongs to",
                zh: "可以查看所属的\(parent.label.zh)"
            )
            if let index = reasons.firstIndex(where: { $0.user == reader.user }) {
                reasons[index].reasons.append(why)
            } else {
                reasons.append(AccessReason(user: reader.user, name: reader.name, reasons: [why]))
            }
        }
        return reasons
    }

    private var system: ReadSession {
        ReadSession(connection: connection, state: state, actor: .system("who can see this"), now: now)
    }

    private func readers(
        of object: ObjectDefinition,
        _ record: AnyRecord,
        _ identities: Identities
    ) throws -> [AccessReason] {
        let shared = try connection.rows(
            "SELECT user_id, team_id FROM sys_share WHERE object = \(object.key) AND record = \(record.id)"
        ).map { SharedWith(user: $0.id(0), team: $0.id(1)) }
        return try identities.readers(of: object.key, owner: record.owner, shares: shared, on: connection).map {
            AccessReason(user: $0.user, name: $0.name, reasons: $0.reasons)
        }
    }
}
