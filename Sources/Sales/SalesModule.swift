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
        ]
    )
}
