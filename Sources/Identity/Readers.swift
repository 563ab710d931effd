public import Database
import SQLText
public import Values

/// A role of a person and what it gives on one object.
public struct RightSource: Sendable {
    /// The role.
    public var role: Role
    /// What it gives.
    public var rights: ObjectRights
}

/// A record shared with a person or a team.
public struct SharedWith: Sendable, Equatable {
    /// The person, if it is one.
    public var user: RecordID?
    /// The team, if it is one; it reaches the people of the teams below too.
    public var team: RecordID?

    /// Shared with a person or a team.
    public init(user: RecordID? = nil, team: RecordID? = nil) {
        self.user = user
        self.team = team
    }
}

/// Somebody who may see a record, and why.
public struct Reader: Sendable {
    /// The person.
    public var user: RecordID
    /// The person's name.
    public var name: String
    /// Every reason, in words.
    public var reasons: [Label]
}

/// «Who can see this and why».
extension Identities {
    /// Which roles give a person what on an object; roles that give nothing are left out.
    public func sources(of object: String, for user: RecordID, on connection: Connection) throws -> [RightSource] {
        let user = try existing(user, on: connection)
        return try roles(on: connection).filter { user.roles.contains($0.id) }
            .map { RightSource(role: $0, rights: $0.rights.on(object)) }.filter { $0.rights != ObjectRights() }
    }

    /// Everybody active who may see a record of this owner, ordered by name, with the reasons. A share reaches only
    /// people who may read the object at all.
    public func readers(
        of object: String,
        owner: RecordID?,
        shares: [SharedWith] = [],
        on connection: Connection
    ) throws -> [Reader] {
        let tree = try teamTree(on: connection)
        let roles = Dictionary(uniqueKeysWithValues: try roles(on: connection).map { ($0.id, $0) })
        let ownerTeam = try owner.flatMap { try user($0, on: connection)?.team }
        var readers: [Reader] = []
        for person in try peopleWithRoles(on: connection) {
            let given = person.roles.compactMap { roles[$0] }.filter { $0.rights.on(object).read != .none }
            guard !given.isEmpty else { continue }
            var reasons: [Label] = []
            if let owner, owner == person.id { reasons.append(Label("Owns it", zh: "负责人")) }
            let actor = Actor(
                userID: person.id,
                name: person.name,
                teamID: person.team,
                teamTree: tree.andBelow(person.team),
                rights: Rights()
            )
            for role in given {
                let scope = role.rights.on(object).read
                let isOwner = owner != nil && owner == person.id
                guard scope == .all || !isOwner,
                    VisibleOwners.includes(scope, actor, owner: owner, team: ownerTeam)
                else { continue }
                reasons.append(reason(scope, role, person, ownerTeam, tree))
            }
            let above = tree.andAbove(person.team)
            for share in shares {
                if share.user == person.id { reasons.append(Label("Shared with them", zh: "已共享给本人")) }
                if let team = share.team, above.contains(team), let name = tree.teams[team]?.name {
                    reasons.append(Label("Shared with the team «\(name)»", zh: "已共享给团队“\(name)”"))
                }
            }
            if !reasons.isEmpty { readers.append(Reader(user: person.id, name: person.name, reasons: reasons)) }
        }
        return readers
    }

    private func reason(
        _ scope: Scope,
        _ role: Role,
        _ person: Person,
        _ ownerTeam: RecordID?,
        _ tree: TeamTree
    ) -> Label {
        let name = ownerTeam.flatMap { tree.teams[$0]?.name } ?? ""
        return if scope == .all {
            Label("The role «\(role.label.en)» sees all records", zh: "角色“\(role.label.zh)”可查看全部记录")
        } else if ownerTeam == person.team {
            Label(
                "The role «\(role.label.en)» sees the records of their team «\(name)»",
                zh: "角色“\(role.label.zh)”可查看本团队“\(name)”的记录"
            )
        } else {
            Label(
                "The role «\(role.label.en)» sees the records of the team «\(name)» below theirs",
                zh: "角色“\(role.label.zh)”可查看下级团队“\(name)”的记录"
            )
        }
    }

    private struct Person {
        let id: RecordID
        let name: String
        let team: RecordID?
        var roles: [RecordID]
    }

    private func peopleWithRoles(on connection: Connection) throws -> [Person] {
        var people: [Person] = []
        let sql: SQLFragment = """
            SELECT u.id, u.name, u.team, r.role FROM sys_user u JOIN sys_user_role r ON r.user_id = u.id
            WHERE u.state = 'active' ORDER BY u.name_sort, u.id, r.role
            """
        for row in try connection.rows(sql) {
            guard let id = row.id(0), let role = row.id(3) else { continue }
            if people.last?.id != id { people.append(Person(id: id, name: row.text(1), team: row.id(2), roles: [])) }
            people[people.count - 1].roles.append(role)
        }
        return people
    }
}
