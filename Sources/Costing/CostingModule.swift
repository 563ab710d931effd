public import Records
import Schema
import Values

/// What customers cost and are worth: cost pools, expenses, spend, touches, sales lines, and the ledger made of them.
public enum CostingModule {
    /// The module as the engine takes it.
    public static let module = Module(
        name: "costing",
        objects: [
            CostPool.definition, PoolMonth.definition, CostLine.definition, CostActivity.definition,
            DirectCost.definition, ChannelSpend.definition, Touch.definition, SaleLine.definition,
            FeePolicy.definition, FeeRule.definition, ValueTier.definition, CareTerm.definition, ChargeLine.definition,
            CostBudget.definition, OwnershipItem.definition,
        ],
        hooks: [
            PoolMonth.key: PoolMonth.hooks.untyped,
            CostActivity.key: CostActivity.hooks.untyped,
            DirectCost.key: DirectCost.hooks.untyped,
            Touch.key: Touch.hooks.untyped,
            FeePolicy.key: FeePolicy.hooks.untyped,
            FeeRule.key: FeeRule.hooks.untyped,
            CareTerm.key: CareTerm.hooks.untyped,
            ChargeLine.key: ChargeLine.hooks.untyped,
        ],
        actions: [
            DirectCost.key: DirectCost.actions, FeePolicy.key: FeePolicy.actions, ChargeLine.key: ChargeLine.actions,
        ],
        tables: CostingTables.statements,
        observers: [ClosedMonths.observer],
        references: [
            RecordColumns(table: "sys_cost_entry", object: "object", record: "record"),
            RecordColumns(table: "sys_profit", object: "object", record: "record"),
            RecordColumns(table: "sys_profit_small", object: "object", record: "record"),
            RecordColumns(table: "sys_worth", object: "object", record: "record"),
            RecordColumns(table: "sys_worth_open", object: "object", record: "record"),
            RecordColumns(table: "sys_cost_warning", object: "object", record: "record"),
            RecordColumns(table: "sys_tier", object: "object", record: "record"),
            RecordColumns(table: "sys_prediction", object: "object", record: "record"),
        ],
        hearings: ["warn": WarningNotices.hearing]
    )
}
