import Database
import Identity
import SQLText
import Testing
import Values

@Suite struct VisibilityTests {
    @Test func `scopes reach the person, the team, the teams below, or all`() async throws {
        let office = try await Office()
        let owners = [office.wang, office.li, office.chen, office.zhao]
        try await office.database.write { connection in
            try connection.script("CREATE TABLE customer (id INTEGER PRIMARY KEY, owner BIGINT)")
            for (id, owner) in (owners + [nil]).enumerated() {
                try connection.run("INSERT INTO customer (id, owner) VALUES (\(id), \(owner))")
            }
        }
        func seen(_ who: RecordID, _ scope: Scope) async throws -> Set<RecordID?> {
            let actor = try await office.actor(who)
            let condition = VisibleOwners.condition(scope, actor, owner: "owner") ?? "1 = 1"
            let rows = try await office.database.read { try $0.rows("SELECT owner FROM customer WHERE \(condition)") }
            let found = Set(rows.map { $0.id(0) })
            let users = try await office.change { identities, connection in
                try identities.users(owners, on: connection)
            }
            for owner in owners + [nil] {
                let team = users.first { $0.id == owner }?.team
                #expect(
                    VisibleOwners.includes(scope, actor, owner: owner, team: team) == found.contains(owner)
                )
            }
            return found
        }
        #expect(try await seen(office.li, .none).isEmpty)
        #expect(try await seen(office.li, .own) == [office.li])
        #expect(try await seen(office.li, .team) == [office.li, office.chen])
        #expect(try await seen(office.wang, .team) == [office.wang])
        #expect(try await seen(office.wang, .teamTree) == [office.wang, office.li, office.chen])
        #expect(try await seen(office.zhao, .teamTree) == [office.zhao])
        #expect(try await seen(office.admin, .team).isEmpty)
        #expect(try await seen(office.li, .all).count == 5)
    }

    @Test func `a person belongs to the teams above for what is shared with them`() async throws {
        let office = try await Office()
        let (li, wang) = (try await office.actor(office.li), try await office.actor(office.wang))
        #expect(li.teamAndAbove == [office.shanghai, office.east] && li.teamTree == [office.shanghai])
        #expect(wang.teamAndAbove == [office.east] && wang.teamTree == [office.east, office.shanghai])
    }

    @Test func `who can see a record is explained`() async throws {
        let office = try await Office()
        func readers(_ shares: [SharedWith] = [], object: String = "customer") async throws -> [String: [String]] {
            let list = try await office.change { identities, connection in
                try identities.readers(of: object, owner: office.li, shares: shares, on: connection)
            }
            return Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0.reasons.map(\.zh)) })
        }
        #expect(
            try await readers() == [
                "李强": ["负责人"], "周海": ["角色“管理员”可查看全部记录"], "王芳": ["角色“销售经理”可查看下级团队“上海”的记录"],
            ]
        )
        let shared = try await readers([SharedWith(user: office.zhao), SharedWith(team: office.east)])
        #expect(shared["赵敏"] == ["已共享给本人"] && shared["陈静"] == ["已共享给团队“华东”"])
        let tickets = try await readers([SharedWith(user: office.zhao)], object: "ticket")
        #expect(tickets.keys.sorted() == ["周海"])
        let sources = try await office.change { try $0.sources(of: "customer", for: office.li, on: $1) }
        #expect(sources.map(\.role.key) == ["salesperson"] && sources.first?.rights.read == .own)
    }
}
