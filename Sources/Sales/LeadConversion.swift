import Database
import Identity
import Records
import SQLText
import Schema
import Values

/// Turns a lead into a customer, a contact and an opportunity in one transaction.
struct LeadConversion {
    let session: WriteSession
    let lead: Record<Lead>

    static let action = RecordAction(
        "convert",
        Label("Convert", zh: "转化"),
        parameters: [
            "customer": #"{"description":"id of an existing customer, an object with fields of a new one, or null"}"#,
            "contact": #"{"description":"id of an existing contact, true (default), false, or an object with fields"}"#,
            "opportunity":
                #"{"description":"id of an existing opportunity, true, false (default), or an object with fields"}"#,
        ]
    ) { id, body, session in
        guard session.schema.object("customer") != nil else { throw Problem.notFound }
        let lead = try session.find(Lead.self, id)
        guard lead.status != "converted" else {
            throw Problem(
                .conflict,
                "already_converted",
                Label("This lead has already been converted.", zh: "该线索已转化，不能重复转化。")
            )
        }
        return try LeadConversion(session: session, lead: lead).run(body)
    }

    func run(_ body: JSONValue) throws -> JSONValue {
        try checkMembers(body)
        let leads = try session.object("leads")
        guard try session.may(.update, leads, lead.id) else {
            throw Problem.forbidden(
                Label("You may read this lead but not change it.", zh: "您只能查看这条线索，不能转化。")
            )
        }
        let customer = try customer(body["customer"] ?? .null)
        let contact = try contact(body["contact"] ?? .bool(true), of: customer)
        let opportunity = try opportunity(body["opportunity"] ?? .bool(false), of: customer, contact)
        try session.asSystem {
            _ = try session.update(Lead.self, lead.id) {
                $0.status = "converted"
                $0.convertedAt = session.now
                $0.convertedCustomer = customer
                $0.convertedContact = contact
                $0.convertedOpportunity = opportunity
            }
        }
        try moveActivities(to: customer, contact, opportunity)
        try giveToOwner(body, customer, contact, opportunity)
        return .object([
            .init(key: "lead", value: try session.answer(leads, lead.id)),
            .init(key: "customer", value: try answer("customer", customer)),
            .init(key: "contact", value: try answer("contact", contact)),
            .init(key: "opportunity", value: try answer("opportunity", opportunity)),
        ])
    }

    private func checkMembers(_ body: JSONValue) throws {
        guard body.members != nil || body.isNull else {
            throw Problem.malformed("not_an_object", Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。"))
        }
        for member in body.members ?? [] where !["customer", "contact", "opportunity"].contains(member.key) {
            throw Problem.invalid(
                String(member.key.prefix(60)),
                "unknown_field",
                Label("There is no such member.", zh: "没有这一项。")
            )
        }
    }

    private func answer(_ object: String, _ id: RecordID?) throws -> JSONValue {
        guard let id, let definition = session.schema.object(object) else { return .null }
        do {
            return try session.answer(definition, id)
        } catch let problem as Problem where problem.code == Problem.notFound.code {
            // Made for somebody else whose records the actor may not read.
            return .object([.init(key: "id", value: .string(id.description))])
        }
    }

    // MARK: The three records

    private func customer(_ wanted: JSONValue) throws -> RecordID? {
        if case .bool(false) = wanted { return nil }
        if let id = try existing(wanted, "customer") { return id }
        let isPerson = (lead.company ?? "").isEmpty
        return try make(
            "customer",
            [
                ("name", isPerson ? lead.name : lead.company), ("type", isPerson ? "person" : "company"),
                ("status", "following"), ("source", lead.source), ("website", lead.website),
                ("phone", isPerson ? lead.mobile ?? lead.phone : lead.phone),
                ("email", isPerson ? lead.email : nil), ("description", lead.description),
            ],
            also: ["address", "tags"],
            given: wanted
        )
    }

    private func contact(_ wanted: JSONValue, of customer: RecordID?) throws -> RecordID? {
        if case .bool(false) = wanted { return nil }
        if let id = try existing(wanted, "contact") { return id }
        return try make(
            "contact",
            [
                ("name", lead.name), ("customer", customer?.description), ("title", lead.title),
                ("mobile", lead.mobile), ("phone", lead.phone), ("email", lead.email), ("wechat", lead.wechat),
            ],
            given: wanted
        )
    }

    private func opportunity(
        _ wanted: JSONValue,
        of customer: RecordID?,
        _ contact: RecordID?
    ) throws -> RecordID? {
        if case .bool(false) = wanted { return nil }
        if wanted.isNull { return nil }
        if let id = try existing(wanted, "opportunity") { return id }
        return try make(
            "opportunity",
            [
                ("name", lead.company ?? lead.name), ("customer", customer?.description),
                ("contact", contact?.description), ("source", lead.source), ("description", lead.need),
            ],
            given: wanted,
            amount: lead.budget
        )
    }

    /// The id that was given, if it was one; the actor must be able to read the record.
    private func existing(_ wanted: JSONValue, _ object: String) throws -> RecordID? {
        let text = wanted.string ?? (wanted.members?.count == 1 ? wanted["id"]?.string : nil)
        guard let text else { return nil }
        guard let id = RecordID(text), let definition = session.schema.object(object),
            try session.name(of: object, id) != nil || session.may(.read, definition, id)
        else {
            throw Problem.invalid(
                object,
                "unknown_link",
                Label("There is no such record, or you may not see it.", zh: "关联的记录不存在，或者您无权查看。")
            )
        }
        return id
    }

    /// Makes a record from the lead's values; what the caller gave goes first.
    private func make(
        _ object: String,
        _ values: [(key: String, value: String?)],
        also copied: [String] = [],
        given: JSONValue,
        amount: Money? = nil
    ) throws -> RecordID {
        guard let definition = session.schema.object(object) else { throw Problem.notFound }
        var members = given.members ?? []
        func add(_ key: String, _ value: JSONValue) {
            guard !members.contains(where: { $0.key == key }), let field = definition.field(key),
                session.right(on: field, of: definition) == .full
            else { return }
            members.append(.init(key: key, value: value))
        }
        for (key, value) in values { if let value { add(key, .string(value)) } }
        if let amount {
            add(
                "amount",
                .object([
                    .init(key: "value", value: .string(amount.amountText)),
                    .init(key: "currency", value: .string(amount.currency)),
                ])
            )
        }
        let leads = try session.object("leads")
        let shown = try session.answer(leads, lead.id)
        for key in copied { if let value = shown[key], !value.isNull { add(key, value) } }
        do {
            return try session.create(definition, .object(members)).id
        } catch var problem as Problem {
            problem.fields = problem.fields.map {
                FieldProblem("\(object).\($0.field)", $0.code, $0.message)
            }
            throw problem
        }
    }

    /// What was made belongs to whom the lead belonged to, unless the caller named an owner.
    private func giveToOwner(
        _ body: JSONValue,
        _ customer: RecordID?,
        _ contact: RecordID?,
        _ opportunity: RecordID?
    ) throws {
        guard let owner = lead.owner, owner != session.actor.userID else { return }
        let made = [("opportunity", opportunity), ("contact", contact), ("customer", customer)]
        try session.asSystem {
            for (object, id) in made {
                guard let id, let definition = session.schema.object(object), body[object]?["owner"] == nil,
                    try existing(body[object] ?? .null, object) == nil
                else { continue }
                _ = try session.update(
                    definition,
                    id,
                    .object([.init(key: "owner", value: .string(owner.description))])
                )
            }
        }
    }

    /// What was done with the lead belongs to the customer from now on.
    private func moveActivities(
        to customer: RecordID?,
        _ contact: RecordID?,
        _ opportunity: RecordID?
    ) throws {
        guard let activity = session.schema.object("activity") else { return }
        let rows = try session.connection.rows(
            "SELECT \"id\" FROM \(name: activity.key) WHERE \"lead\" = \(lead.id) AND \"deleted_at\" IS NULL"
        )
        try session.asSystem {
            for id in rows.compactMap({ $0.id(0) }) {
                let links = [("customer", customer), ("contact", contact), ("opportunity", opportunity)]
                let members = links.compactMap { key, id in
                    id.map { JSONValue.Member(key: key, value: .string($0.description)) }
                }
                _ = try session.update(activity, id, .object(members))
            }
        }
    }
}
