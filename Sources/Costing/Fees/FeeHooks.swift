import Database
import Expressions
import Identity
import Ledger
import Records
import SQLText
import Schema
import Values

extension FeePolicy {
    static let hooks = Hooks<FeePolicy>()
        .beforeSave("a policy has a number") { policy, session in
            guard policy.isNew, policy.number == nil else { return }
            let last = try session.connection.value("SELECT max(\"number\") FROM \(name: key)").integer ?? 0
            policy.number = last + 1
        }
        .validate("a policy in force stays as it is") { policy, _ in
            guard let before = policy.before?.state, before != "draft", policy.state == before else { return [] }
            let changed = ["name", "note", "period", "valid_from", "by_value"].first { policy.row.changes(field: $0) }
            guard let changed else { return [] }
            return [FieldProblem(changed, "in_force", inForce)]
        }

    static let inForce = Label(
        "A policy that was put in force cannot be changed; make a new version.",
        zh: "已生效的政策不能修改，请新建版本。"
    )

    static let actions = [
        RecordAction("activate", Label("Put in force", zh: "批准生效")) { id, _, session in
            try session.actor.require(.costing)
            let policy = try session.find(FeePolicy.self, id)
            guard policy.state == "draft" else { throw wrongState }
            try refuseAuthor(policy.row["updated_by"].integer, session)
            try refuseAuthor(policy.row["created_by"].integer, session)
            // Who brought it in a file is its author here, whoever made it where it comes from.
            for row in try session.connection.rows(
                "SELECT actor FROM sys_audit WHERE record = \(id) AND action = 'create'"
            ) { try refuseAuthor(row[0].integer, session) }
            for rule in try session.connection.rows(
                "SELECT \"updated_by\" FROM \(name: FeeRule.key) WHERE \"policy\" = \(id) AND \"deleted_at\" IS NULL"
            ) { try refuseAuthor(rule[0].integer, session) }
            if policy.byValue == true { try refuseReversal(id, session) }
            try session.asSystem {
                for row in try session.connection.rows(
                    "SELECT \"id\" FROM \(name: key) WHERE \"state\" = 'active' AND \"deleted_at\" IS NULL"
                ) {
                    if let old = row.id(0) { try session.update(FeePolicy.self, old) { $0.state = "retired" } }
                }
                try session.update(FeePolicy.self, id) { draft in
                    draft.state = "active"
                    draft.approvedBy = session.actor.userID
                    draft.approvedAt = session.now
                    if draft.validFrom == nil { draft.validFrom = session.expressionContext.today }
                }
            }
            return .object([.init(key: "state", value: .string("active"))])
        },
        RecordAction("new-version", Label("Make a new version", zh: "新建版本")) { id, _, session in
            try session.actor.require(.costing)
            let old = try session.find(FeePolicy.self, id)
            let copy = try session.create(FeePolicy.self) { draft in
                draft.name = old.name
                draft.period = old.period
                draft.note = old.note
                draft.byValue = old.byValue
                draft.basedOn = id
            }
            try copyRules(of: id, to: copy.id, session)
            return .object([
                .init(key: "id", value: .string(copy.id.description)),
                .init(key: "number", value: .number(String(copy.number ?? 0))),
            ])
        },
    ]

    private static var wrongState: Problem {
        Problem(.conflict, "wrong_state", Label("Only a draft can be put in force.", zh: "只有草稿可以批准生效。"))
    }

    private static func refuseAuthor(_ author: Int64?, _ session: WriteSession) throws {
        guard let author, author == session.actor.userID?.raw else { return }
        throw Problem.forbidden(
            Label("Somebody else than who wrote the policy puts it in force.", zh: "收费政策须由起草人以外的人员批准生效。")
        )
    }

    /// A policy by value in which some customer would pay less in a higher tier.
    private static func refuseReversal(_ policy: RecordID, _ session: WriteSession) throws {
        let tiers = try TierRuns.declared(session)?.tiers.map(\.key) ?? ["A", "B", "C"]
        guard let found = try FeeReader.tariff(policy, session).reversal(among: tiers) else { return }
        let currency = session.schema.baseCurrency
        throw Problem(
            .conflict,
            "not_by_value",
            found.label { Money(minor: $0, currency: currency).amountText }
        )
    }

    private static func copyRules(of old: RecordID, to new: RecordID, _ session: WriteSession) throws {
        let rules = try session.connection.rows(
            "SELECT \"id\" FROM \(name: FeeRule.key) WHERE \"policy\" = \(old) AND \"deleted_at\" IS NULL ORDER BY \"id\""
        )
        for row in rules {
            guard let id = row.id(0) else { continue }
            let rule = try session.find(FeeRule.self, id)
            try session.create(FeeRule.self) { draft in
                draft.name = rule.name
                draft.policy = new
                draft.place = rule.place
                draft.tier = rule.tier
                draft.level = rule.level
                draft.fewest = rule.fewest
                draft.most = rule.most
                draft.base = rule.base
                draft.amount = rule.amount
                draft.percent = rule.percent
                draft.allowance = rule.allowance
                draft.cap = rule.cap
                draft.floor = rule.floor
                draft.term = rule.term
                draft.notice = rule.notice
            }
        }
    }
}

extension FeeRule {
    static let hooks = Hooks<FeeRule>()
        .validate("the rules of a policy in force stay as they are") { rule, session in
            guard try isFixed([rule.policy, rule.before?.policy], session) else { return [] }
            return [FieldProblem("policy", "in_force", FeePolicy.inForce)]
        }
        .beforeDelete("the rules of a policy in force stay") { rule, session in
            if try isFixed([rule.policy], session) { throw Problem(.conflict, "in_force", FeePolicy.inForce) }
        }

    private static func isFixed(_ policies: [RecordID?], _ session: WriteSession) throws -> Bool {
        let ids = policies.compactMap { $0 }.map { SQLValue($0) }
        return try session.connection.row(
            "SELECT \"id\" FROM \(name: FeePolicy.key) WHERE \"id\" IN \(list: ids) AND \"state\" <> 'draft' LIMIT 1"
        ) != nil
    }
}

extension CareTerm {
    static let hooks = Hooks<CareTerm>()
        .validate("a tier set by hand is one of the tiers") { term, session in
            guard let tier = term.tier, !tier.isEmpty else { return [] }
            let known = try TierRuns.declared(session)?.tiers.map(\.key) ?? ["A", "B", "C"]
            guard !known.contains(tier) else { return [] }
            let list = known.joined(separator: ", ")
            return [
                FieldProblem("tier", "unknown_tier", Label("The tiers are \(list).", zh: "可选等级：\(list)。"))
            ]
        }
}

extension ChargeLine {
    static let hooks = Hooks<ChargeLine>()
        .validate("a fee that was decided stays as it is") { line, _ in
            guard let before = line.before?.state, before != "draft", line.state == before,
                let changed = ["amount", "customer", "day", "policy"].first(where: { line.row.changes(field: $0) })
            else { return [] }
            return [
                FieldProblem(changed, "decided", Label("A fee that was decided cannot be changed.", zh: "已审批的管理费不能修改。"))
            ]
        }

    static let actions = [
        RecordAction("approve", Label("Approve", zh: "审批通过")) { id, _, session in
            try decide(id, "approved", nil, session)
        },
        RecordAction(
            "waive",
            Label("Waive", zh: "减免"),
            parameters: ["reason": #"{"type":"string","minLength":1,"maxLength":500}"#]
        ) { id, input, session in
            guard let reason = input["reason"]?.string, !reason.isEmpty else {
                throw Problem.invalid("reason", "required", Label("Say why.", zh: "请填写减免原因。"))
            }
            return try decide(id, "waived", String(reason.prefix(500)), session)
        },
    ]

    private static func decide(
        _ id: RecordID,
        _ state: String,
        _ reason: String?,
        _ session: WriteSession
    ) throws -> JSONValue {
        try session.actor.require(.costing)
        let line = try session.find(ChargeLine.self, id)
        guard line.state == "draft" || line.state == "approved" && state == "waived" else {
            throw Problem(
                .conflict,
                "wrong_state",
                Label("The fee is in another state by now.", zh: "该管理费的状态已变化，请刷新后重试。")
            )
        }
        try session.asSystem {
            try session.update(ChargeLine.self, id) { draft in
                draft.state = state
                draft.decidedBy = session.actor.userID
                draft.decidedAt = session.now
                if let reason {
                    draft.explanation = [draft.explanation, reason].compactMap { $0 }.joined(separator: "\n")
                }
            }
            if state == "approved" { try FeeBooking.book(line, session) }
            if line.state == "approved" { try FeeBooking.takeBack(line, session) }
        }
        return .object([
            .init(key: "id", value: .string(id.description)), .init(key: "state", value: .string(state)),
        ])
    }
}
