import Costing
import Pages
import Records
import Schema
import Values
import WebServer

/// Warnings about costs on the start page of the people whom they concern: who looks after a customer, and finance.
enum CostingToday {
    private static let size = 8

    static func section(_ session: ReadSession, _ context: PageContext, _ isTeam: Bool) throws -> TodaySection? {
        let found = try WarningRuns.concerning(everybody: isTeam, limit: size + 1, session)
        guard !found.isEmpty else { return nil }
        let (currency, week) = (session.schema.baseCurrency, context.today.adding(days: -7).description)
        let items = found.prefix(size).map { kept in
            let isNew = kept.since > week
            return TodayItem(
                kept.warning.name,
                "/customers/\(kept.warning.customer)/profit",
                marks: [context(kept.warning.kind.label)] + (isNew ? [context(Label("new", zh: "新"))] : []),
                facts: [.money(Money(minor: kept.warning.amount, currency: currency))]
            )
        }
        return TodaySection(
            context(Label("Customers whose costs need a look", zh: "成本预警客户")),
            icon: "warning",
            items: items,
            hasMore: found.count > size,
            all: "/costing/warnings",
            empty: ""
        )
    }
}
