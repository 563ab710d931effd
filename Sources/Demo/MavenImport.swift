import Customers
import Database
public import Identity
public import Records
import SQLText
import Sales
import Schema
import Values

/// Brings the public data set «CRM Sales Opportunities» of Maven Analytics into an empty workspace.
///
/// Offices and managers become teams, agents become users without a password, and the workspace counts in US dollars.
/// Names that are written differently in the files are matched, `technolgy` is put right.
public struct MavenImport: Sendable {
    /// How much was taken over.
    public struct Summary: Sendable, Equatable {
        /// Customers.
        public let customers: Int
        /// Products.
        public let products: Int
        /// Salespeople, without their managers.
        public let agents: Int
        /// Opportunities.
        public let opportunities: Int
    }

    private let engine: RecordEngine
    private let identities: Identities
    private let actor: Actor

    /// An import into a workspace.
    public init(_ engine: RecordEngine, _ identities: Identities) {
        self.engine = engine
        self.identities = identities
        actor = .system("import").acting(from: .importRun(engine.ids.next()))
    }

    /// Takes over the files of a folder. Throws `not_empty` unless the workspace is new, `file_missing` or
    /// `unknown_name` when the files are not as expected; a second try is possible in a new workspace.
    public func run(folder: String) async throws -> Summary {
        let files = try MavenFiles(folder: folder)
        try await prepare()
        let agents = try await makePeople(files.teams)
        let products = try await makeProducts(files.products)
        let customers = try await makeCustomers(files.accounts)
        for start in stride(from: 0, to: files.pipeline.count, by: 1000) {
            let rows = Array(files.pipeline[start..<min(start + 1000, files.pipeline.count)])
            try await engine.write(as: actor) { session in
                for row in rows {
                    try makeOpportunity(row, agents: agents, products: products, customers: customers, session)
                }
            }
        }
        return Summary(
            customers: customers.count,
            products: products.count,
            agents: agents.count,
            opportunities: files.pipeline.count
        )
    }

    // MARK: The workspace

    private func prepare() async throws {
        try await engine.write(as: actor) { session in
            for plural in ["customers", "products", "opportunities"] {
                guard try session.list(try session.object(plural), ListQuery()).rows.isEmpty else {
                    throw Problem(
                        .conflict,
                        "not_empty",
                        Label("The workspace is not empty. Make a new one.", zh: "该工作区已有数据，请新建一个工作区。")
                    )
                }
            }
            for (key, value) in [("base_currency", "USD"), ("company_name", "Maven")] {
                try session.connection.run(
                    """
                    INSERT INTO sys_setting (key, value) VALUES (\(key), \(value))
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value
                    """
                )
            }
        }
        try await change("pipeline", [choice("hardware", "Hardware sales", "硬件销售")])
        try await change(
            "stage",
            [
                choice("prospecting", "Prospecting", "初步接触", 10, "open"),
                choice("engaging", "Engaging", "深入沟通", 50, "open"),
                choice("won", "Won", "已成交", 100, "won"), choice("lost", "Lost", "已输单", 0, "lost"),
            ]
        )
    }

    private func change(_ field: String, _ choices: [JSONValue]) async throws {
        let definition = JSONValue.object([.init(key: "choices", value: .array(choices))])
        try await engine.apply(.updateField(object: Opportunity.key, key: field, definition), as: actor)
    }

    private func choice(
        _ key: String,
        _ english: String,
        _ chinese: String,
        _ probability: Int? = nil,
        _ outcome: String? = nil
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(key: "key", value: .string(key)),
            .init(
                key: "label",
                value: .object([
                    .init(key: "en", value: .string(english)), .init(key: "zh", value: .string(chinese)),
                ])
            ),
        ]
        if let probability, let outcome {
            members.append(.init(key: "group", value: .string("hardware")))
            members.append(.init(key: "probability", value: .number(String(probability))))
            members.append(.init(key: "outcome", value: .string(outcome)))
        }
        return .object(members)
    }

    /// The agents by name.
    private func makePeople(_ rows: [MavenFiles.Row]) async throws -> [String: RecordID] {
        let (identities, actor) = (identities, actor)
        return try await engine.database.write { connection in
            try identities.seedRoles(on: connection)
            func role(_ key: String) throws -> [RecordID] {
                try identities.role(key: key, on: connection).map { [$0.id] } ?? []
            }
            func hire(_ name: String, _ team: RecordID, _ roles: [RecordID]) throws -> RecordID {
                let mail = name.lowercased().replacing(" ", with: ".") + "@maven.example.com"
                let user = NewUser(email: mail, name: name, team: team, roles: roles, language: .en)
                return try identities.addUser(user, by: actor, on: connection).id
            }
            let top = try identities.addTeam("Sales", parent: nil, by: actor, on: connection).id
            var (offices, teams, agents): ([String: RecordID], [String: RecordID], [String: RecordID]) = ([:], [:], [:])
            for row in rows {
                guard let agent = row["sales_agent"], let manager = row["manager"], let office = row["regional_office"]
                else { continue }
                if offices[office] == nil {
                    offices[office] = try identities.addTeam(office, parent: top, by: actor, on: connection).id
                }
                if teams[manager] == nil {
                    let team = try identities.addTeam(
                        manager + "'s team",
                        parent: offices[office],
                        by: actor,
                        on: connection
                    ).id
                    teams[manager] = team
                    _ = try hire(manager, team, try role("sales_manager"))
                }
                agents[agent] = try hire(agent, teams[manager] ?? top, try role("salesperson"))
            }
            return agents
        }
    }

    // MARK: Records

    /// The products by name without blanks, since the files write GTXPro and GTX Pro.
    private func makeProducts(_ rows: [MavenFiles.Row]) async throws -> [String: RecordID] {
        try await engine.write(as: actor) { session in
            var products: [String: RecordID] = [:]
            for row in rows {
                guard let name = row["product"] else { continue }
                let price = try FixedPoint.parse(row["sales_price"] ?? "", digits: 2)
                products[Self.key(name)] = try session.create(Product.self) {
                    $0.name = name
                    $0.code = name.uppercased().replacing(" ", with: "-")
                    $0.category = row["series"]
                    $0.unit = "unit"
                    $0.price = Money(minor: price, currency: "USD")
                    $0.active = true
                }.id
            }
            return products
        }
    }

    private func makeCustomers(_ rows: [MavenFiles.Row]) async throws -> [String: RecordID] {
        try await engine.write(as: actor) { session in
            var customers: [String: RecordID] = [:]
            for row in rows {
                guard let name = row["account"] else { continue }
                let sector = Self.sector(row["sector"] ?? "")
                customers[Self.key(name)] = try session.create(Customer.self) {
                    $0.name = name
                    $0.type = "company"
                    $0.status = "customer"
                    $0.industry = Self.industries[sector] ?? "other"
                    $0.tags = "|\(sector)|"
                    $0.foundedOn = (row["year_established"].flatMap(Int.init)).flatMap {
                        Day(year: $0, month: 1, day: 1)
                    }
                    $0.employees = row["employees"].flatMap(Int64.init)
                    // The file has millions of dollars with two decimals.
                    if let revenue = try? FixedPoint.parse(row["revenue"] ?? "", digits: 8) {
                        $0.annualRevenue = Money(minor: revenue, currency: "USD")
                    }
                    $0.address = PostalAddress(country: row["office_location"])
                }.id
            }
            for row in rows {
                guard let parent = row["subsidiary_of"], !parent.isEmpty,
                    let id = customers[Self.key(row["account"] ?? "")]
                else { continue }
                let above = try Self.found(parent, in: customers, "accounts.csv")
                try session.update(Customer.self, id) { $0.parent = above }
            }
            return customers
        }
    }

    private func makeOpportunity(
        _ row: MavenFiles.Row,
        agents: [String: RecordID],
        products: [String: RecordID],
        customers: [String: RecordID],
        _ session: WriteSession
    ) throws {
        let file = "sales_pipeline.csv"
        let (account, product) = (row["account"] ?? "", row["product"] ?? "")
        guard let agent = agents[row["sales_agent"] ?? ""] else {
            throw Self.unknown(row["sales_agent"] ?? "", file)
        }
        let customer = account.isEmpty ? nil : try Self.found(account, in: customers, file)
        let item = try Self.found(product, in: products, file)
        let engaged = row["engage_date"].flatMap { Day($0) }
        let closed = row["close_date"].flatMap { Day($0) }
        let stage = (row["deal_stage"] ?? "").lowercased()
        let value = row["close_value"].flatMap { $0.isEmpty ? nil : try? FixedPoint.parse($0, digits: 2) }
        let id = try session.create(Opportunity.self, owner: agent) {
            $0.name = account.isEmpty ? product : product + " · " + account
            $0.customer = customer
            $0.product = item
            $0.pipeline = "hardware"
            $0.stage = engaged == nil ? stage : "engaging"
            $0.startedOn = engaged
            $0.stageChangedAt = engaged.map(Self.noon)
            $0.description = row["opportunity_id"]
            $0.amount = value.map { Money(minor: $0, currency: "USD") }
        }.id
        guard let closed else { return }
        // What happened in two steps is told in two steps: the history has both.
        try session.update(Opportunity.self, id) {
            $0.stage = stage
            $0.stageChangedAt = Self.noon(closed)
            $0.closedOn = closed
            $0.lossReason = stage == "lost" ? "unknown" : nil
        }
    }

    // MARK: Names

    private static func key(_ name: String) -> String { Fold.fold(name).filter { !$0.isWhitespace } }

    private static func found(_ name: String, in list: [String: RecordID], _ file: String) throws -> RecordID {
        guard let id = list[key(name)] else { throw unknown(name, file) }
        return id
    }

    private static func unknown(_ name: String, _ file: String) -> Problem {
        Problem(
            .invalid,
            "unknown_name",
            Label("\(file) names «\(name)», which no other file has.", zh: "\(file) 中的“\(name)”在其他文件里找不到。")
        )
    }

    private static func sector(_ text: String) -> String {
        let sector = Fold.fold(text)
        return sector == "technolgy" ? "technology" : sector
    }

    private static func noon(_ day: Day) -> Instant {
        Instant(milliseconds: Int64(day.daysSince1970) * 86_400_000 + 43_200_000)
    }

    private static let industries = [
        "technology": "electronics", "medical": "medical", "retail": "retail", "software": "software",
        "entertainment": "media", "marketing": "services", "telecommunications": "telecom", "finance": "finance",
        "employment": "services", "services": "services",
    ]
}
