public import Records
import Schema
import Values

/// Leads, opportunities, products and prices.
public enum SalesModule {
    /// The module as the engine takes it.
    public static let module = Module(
        name: "sales",
        objects: [
            Lead.definition, Opportunity.definition, Product.definition, PriceBook.definition,
            PriceBookEntry.definition, OpportunityLine.definition,
        ],
        hooks: [
            Lead.key: Lead.hooks.untyped,
            Opportunity.key: Opportunity.hooks.untyped.afterMerge("the lines of all count") { opportunity, session in
                try LineSum.carry(to: opportunity.id, session)
            }.afterUnmerge("the lines that are left count, and the stage is the one before") { opportunity, session in
                try LineSum.carry(to: opportunity.id, session)
                try StageHistory.goBack(opportunity, session)
            },
            PriceBook.key: PriceBook.hooks.untyped,
            PriceBookEntry.key: PriceBookEntry.hooks.untyped,
            OpportunityLine.key: OpportunityLine.hooks.untyped,
        ],
        actions: [Lead.key: [LeadConversion.action], Opportunity.key: Opportunity.actions],
        tables: StageHistory.tables
    )
}
