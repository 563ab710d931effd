public import SQLText
public import Schema
public import Values

public enum ValueType: Sendable, Equatable { case boolean }
public struct CheckedExpression: Sendable {}
public struct EvaluationContext: Sendable {
    public let today: Day = Day(daysSince1970: 0);
    public init(today: Day, now: Instant, me: RecordID?, myTeams: [RecordID], zoneOffset: Int) {}
}
public struct ExpressionChecker {
    public init(schema: SchemaSnapshot, object: String, readable: @escaping @Sendable (String, String) -> Bool) {}
    public func check(_ t: String, expecting: ValueType?) throws -> CheckedExpression { CheckedExpression() }
}
public struct ExpressionSQL {
    public init(
        schema: SchemaSnapshot,
        dialect: Dialect,
        context: EvaluationContext,
        access: @escaping @Sendable (String, String) throws -> SQLFragment?
    ) {}
    public func condition(_ e: CheckedExpression, alias: String) throws -> SQLFragment { "1" }
    public func value(_ e: CheckedExpression, alias: String) throws -> SQLFragment { "1" }
}
