import Database
import Identity
import SQLText
import Values

/// The people of the demo company, from the general manager down.
struct DemoPeople: Sendable {
    struct Member: Sendable {
        let id: RecordID
        let name: String
        let email: String
        let role: String
    }

    /// Everybody, the administrator first.
    let members: [Member]
    /// The salespeople of each region.
    let sellers: [[RecordID]]
    /// Who heads each region.
    let heads: [RecordID]
    /// Who looks after marketing.
    let marketing: RecordID

    static let company = "云帆智造"

    /// Makes 25 people in a tree of teams, who all have the same password for a start.
    static func make(
        _ identities: Identities,
        passwordHash: String,
        _ random: inout SeededGenerator,
        on connection: Connection
    ) throws -> DemoPeople {
        let setup = Actor.system("demo")
        try identities.seedRoles(on: connection)
        var roles: [String: RecordID] = [:]
        for role in try identities.roles(on: connection) { roles[role.key] = role.id }
        var members: [Member] = []
        var emails: Set<String> = []
        func hire(_ team: RecordID, _ role: String) throws -> RecordID {
            var person = DemoNames.person(&random)
            while !emails.insert(person.latin).inserted { person = DemoNames.person(&random) }
            let email = person.latin + "@yunfan.example.com"
            let user = try identities.addUser(
                NewUser(email: email, name: person.name, team: team, roles: roles[role].map { [$0] } ?? []),
                by: setup,
                on: connection
            )
            try identities.setPassword(hash: passwordHash, of: user.id, by: setup, on: connection)
            members.append(Member(id: user.id, name: person.name, email: email, role: role))
            return user.id
        }
        func team(_ name: String, below parent: RecordID?) throws -> RecordID {
            try identities.addTeam(name, parent: parent, by: setup, on: connection).id
        }
        let top = try team(company, below: nil)
        _ = try hire(top, "administrator")
        let sales = try team("销售中心", below: top)
        _ = try hire(sales, "sales_manager")
        var (heads, sellers): ([RecordID], [[RecordID]]) = ([], [])
        for (region, size) in zip(DemoNames.regions, [4, 4, 3, 3]) {
            let id = try team(region, below: sales)
            heads.append(try hire(id, "sales_manager"))
            sellers.append(try (0..<size).map { _ in try hire(id, "salesperson") })
        }
        let market = try team("市场部", below: top)
        let marketing = try hire(market, "sales_manager")
        let service = try team("客户成功部", below: top)
        for _ in 0..<3 { _ = try hire(service, "service_agent") }
        _ = try hire(try team("财务部", below: top), "read_only")
        return DemoPeople(members: members, sellers: sellers, heads: heads, marketing: marketing)
    }
}
