import Database
import Expressions
import Identity
import Records
import SQLText
import Schema
import Values

/// What belongs to a month that is closed stays as it is: late invoices go into the open month.
enum ClosedMonths {
    private static let objects: Set<String> = [CostLine.key, DirectCost.key, ChannelSpend.key, SaleLine.key]

    static let observer = RecordObserver(
        check: { object, draft, session in
            guard objects.contains(object.key) else { return }
            try refuse(draft["day"].text, session)
            try refuse(draft.before?["day"].text, session)
        },
        // Only what was there before can lie in a closed month when it goes.
        mayTrail: { _, _ in true },
        follow: { object, change, saved, session in
            guard objects.contains(object.key), change != .created, change != .updated else { return }
            try refuse(saved.record["day"].text, session)
        }
    )

    private static func refuse(_ day: String?, _ session: WriteSession) throws {
        guard let day, try isClosed(String(day.prefix(7)), session.connection) else { return }
        throw Problem(
            .conflict,
            "month_closed",
            Label(
                """
                \(day.prefix(7)) is closed. Date it in the open month, or have the month restated.
                """,
                zh: "\(day.prefix(7)) 月已结账，请记入未结账的月份，或发起重述。"
            ),
            fields: [FieldProblem("day", "month_closed", Label("This month is closed.", zh: "该月份已结账。"))]
        )
    }

    static func isClosed(_ month: String, _ connection: Connection) throws -> Bool {
        try connection.row("SELECT id FROM sys_allocation_run WHERE month = \(month) AND state = 'closed' LIMIT 1")
            != nil
    }
}

extension PoolMonth {
    static let hooks = Hooks<PoolMonth>()
        .beforeSave("a month is called by its number") { month, _ in
            if let day = month.month { month.name = String(day.description.prefix(7)) }
        }
}

extension CostActivity {
    static let hooks = Hooks<CostActivity>()
        .validate("records, fields and expressions exist") { activity, session in
            try ActivitySource(activity.row, session).problems
        }
}

extension Touch {
    static let hooks = Hooks<Touch>()
        .beforeSave("an address with utm members says where somebody came from") { touch, _ in
            guard touch.changes(\.landing), let landing = touch.landing else { return }
            let members = TouchSource.members(of: landing)
            if touch.source == nil { touch.source = members["source"] }
            if touch.medium == nil { touch.medium = members["medium"] }
            if touch.campaign == nil { touch.campaign = members["campaign"] }
            guard touch.channel == nil else { return }
            touch.channel = TouchSource.channel(medium: touch.medium ?? "", source: touch.source ?? "")
        }
        .beforeSave("a touch is called like its channel and campaign") { touch, _ in
            let channel = CostChoices.label(touch.channel ?? "", in: CostChoices.channels).zh
            touch.name = [channel, touch.campaign].compactMap { $0 }.joined(separator: " · ")
        }
        .beforeSave("the first touch of a customer is marked") { touch, session in
            guard touch.isNew else { return }
            let link: (String, RecordID?) = touch.customer != nil ? ("customer", touch.customer) : ("lead", touch.lead)
            guard let id = link.1 else { return }
            let earlier = try session.connection.row(
                "SELECT \"id\" FROM \(name: key) WHERE \(name: link.0) = \(id) AND \"deleted_at\" IS NULL LIMIT 1"
            )
            touch.first = earlier == nil
        }
        .validate("a touch is of somebody, and the first one stays as it was") { touch, _ in
            if touch.customer == nil, touch.lead == nil {
                return [
                    FieldProblem("customer", "required", Label("Say whose touch it is.", zh: "请填写客户或线索。"))
                ]
            }
            let changed = ["channel", "campaign", "kind", "happened_at"].first { touch.row.changes(field: $0) }
            guard touch.before?.first == true, let changed else { return [] }
            return [FieldProblem(changed, "first_touch", firstStays)]
        }
        .beforeDelete("the first touch stays") { touch, _ in
            if touch.first == true { throw Problem(.conflict, "first_touch", firstStays) }
        }

    private static let firstStays = Label(
        "The first touch of a customer cannot be changed, or its cost would move to another channel.",
        zh: "首次触点不能修改或删除，否则获取成本会转到其他渠道。"
    )
}

extension DirectCost {
    static let hooks = Hooks<DirectCost>()
        .beforeSave("an expense is classed by its nature") { cost, _ in
            if cost.category == nil || (cost.changes(\.nature) && !cost.changes(\.category)) {
                cost.category = CostChoices.category(of: cost.nature ?? "")
            }
        }
        .beforeSave("what finance books with a voucher is approved") { cost, session in
            guard cost.isNew, cost.reference != nil, session.actor.rights.allows(.costing) else { return }
            cost.state = "approved"
            cost.decidedBy = session.actor.userID
            cost.decidedAt = session.now
        }
        .validate("an approved expense stays as it is") { cost, _ in
            guard cost.before?.state == "approved", cost.state == "approved",
                let changed = ["amount", "day", "customer", "nature", "category"].first(where: {
                    cost.row.changes(field: $0)
                })
            else { return [] }
            return [
                FieldProblem(
                    changed,
                    "approved",
                    Label("An approved expense cannot be changed; reject it first.", zh: "已审批的费用不能修改，请先驳回。")
                )
            ]
        }

    static let actions = [
        RecordAction("submit", Label("Submit for approval", zh: "提交审批")) { id, _, session in
            try decide(id, "submitted", from: ["draft", "rejected"], session)
        },
        RecordAction("approve", Label("Approve", zh: "审批通过")) { id, _, session in
            try decide(id, "approved", from: ["draft", "submitted"], session)
        },
        RecordAction("reject", Label("Reject", zh: "驳回")) { id, _, session in
            try decide(id, "rejected", from: ["submitted", "approved"], session)
        },
    ]

    private static func decide(
        _ id: RecordID,
        _ state: String,
        from allowed: Set<String>,
        _ session: WriteSession
    ) throws -> JSONValue {
        let cost = try session.find(DirectCost.self, id)
        if state != "submitted" {
            try session.actor.require(.costing)
            if state == "approved", session.actor.userID != nil, cost.owner == session.actor.userID {
                throw Problem.forbidden(
                    Label("Nobody approves an expense of their own.", zh: "不能审批自己提交的费用。")
                )
            }
        }
        guard allowed.contains(cost.state ?? "draft") else {
            throw Problem(
                .conflict,
                "wrong_state",
                Label("The expense is in another state by now.", zh: "该费用的状态已变化，请刷新后重试。")
            )
        }
        let saved = try session.asSystem {
            try session.update(DirectCost.self, id) { draft in
                draft.state = state
                draft.decidedBy = state == "submitted" ? nil : session.actor.userID
                draft.decidedAt = state == "submitted" ? nil : session.now
            }
        }
        return .object([
            .init(key: "id", value: .string(saved.id.description)), .init(key: "state", value: .string(state)),
        ])
    }
}
