import Database
import Identity
import Ledger
public import Records
import SQLText
import Schema
public import Values

/// How good the forecasts of one kind were, on customers and a time that the model had not seen.
public struct PredictionQuality: Sendable, Equatable {
    /// What is foretold.
    public let kind: PredictionKind
    /// When it was reckoned.
    public let at: Instant
    /// How many customers it was tested on, and of how many it came true.
    public var rows: Int64 = 0, happened: Int64 = 0
    /// The chance that one who did was rated above one who did not, in hundredths of per cent; 5000 is a coin.
    public var auc: Int64 = 0
    /// How many times more often it came true among the tenth rated highest, in hundredths.
    public var lift: Int64 = 0
    /// By how much forecast and outcome differ over ten groups, in hundredths of per cent.
    public var calibration: Int64 = 0
    /// Why there is no forecast; nil where there is one.
    public var refusal: Label?

    init(kind: PredictionKind, at: Instant) {
        self.kind = kind
        self.at = at
    }

    static let tooLittle = Problem(
        .invalid,
        "too_little_data",
        Label("All customers had the same outcome: nothing can be learnt.", zh: "所有客户的结果相同，无法训练。")
    )

    mutating func take(_ quality: ForecastQuality, rows: Int, happened: Int) {
        (self.rows, self.happened) = (Int64(rows), Int64(happened))
        auc = Int64((quality.auc * 10_000).rounded())
        lift = Int64((quality.lift * 100).rounded())
        calibration = Int64((quality.calibrationError * 10_000).rounded())
    }

    func save(_ connection: Connection) throws {
        try connection.run("DELETE FROM sys_prediction_model WHERE kind = \(kind.rawValue)")
        try connection.run(
            """
            INSERT INTO sys_prediction_model (kind, at, rows, happened, auc, lift, calibration, refusal_en, refusal_zh)
            VALUES (\(kind.rawValue), \(at), \(rows), \(happened), \(auc), \(lift), \(calibration), \(refusal?.en),
                \(refusal?.zh))
            """
        )
    }
}

/// The forecasts of one customer, and of all.
public enum Predictions {
    /// One forecast.
    public struct Forecast: Sendable, Equatable {
        /// What is foretold.
        public let kind: PredictionKind
        /// The customer.
        public let customer: RecordID
        /// Its name.
        public let name: String
        /// How likely, in hundredths of per cent.
        public let chance: Int64
        /// Why, strongest first; true where it makes it more likely.
        public let reasons: [(label: Label, raises: Bool)]

        /// By all but the words.
        public static func == (left: Forecast, right: Forecast) -> Bool {
            left.kind == right.kind && left.customer == right.customer && left.chance == right.chance
        }
    }

    /// How good each kind is; those that were never reckoned are left out.
    public static func quality(_ session: ReadSession) throws -> [PredictionQuality] {
        try session.actor.require(.costs)
        return try session.connection.rows(
            """
            SELECT kind, at, rows, happened, auc, lift, calibration, refusal_en, refusal_zh FROM sys_prediction_model
            ORDER BY kind
            """
        ).compactMap { row in
            guard let kind = PredictionKind(rawValue: row.text(0)) else { return nil }
            var quality = PredictionQuality(kind: kind, at: Instant(milliseconds: row.integer(1)))
            (quality.rows, quality.happened) = (row.integer(2), row.integer(3))
            (quality.auc, quality.lift, quality.calibration) = (row.integer(4), row.integer(5), row.integer(6))
            quality.refusal = row[7].text.map { Label($0, zh: row.text(8)) }
            return quality
        }
    }

    /// The forecasts of a customer. Throws `notFound` for one that may not be seen.
    public static func of(_ customer: RecordID, _ session: ReadSession) throws -> [Forecast] {
        try session.actor.require(.costs)
        _ = try session.find(try ProfitReader.customers(session), customer)
        return try forecasts("p.record = \(customer)", 10, session)
    }

    /// The customers of whom it is most likely, among those the reader may see.
    public static func likeliest(
        _ kind: PredictionKind,
        limit: Int = 50,
        _ session: ReadSession
    ) throws -> [Forecast] {
        try session.actor.require(.costs)
        return try forecasts("p.kind = \(kind.rawValue)", limit, session)
    }

    private static func forecasts(_ which: SQLFragment, _ limit: Int, _ session: ReadSession) throws -> [Forecast] {
        let object = try ProfitReader.customers(session)
        let access: SQLFragment = session.condition(.read, on: object, alias: "c").map { " AND " + $0 } ?? ""
        return try session.connection.rows(
            """
            SELECT p.kind, p.record, c."name", p.chance, p.reasons FROM sys_prediction p
            JOIN \(name: object.key) c ON c."id" = p.record
            WHERE \(which) AND c."deleted_at" IS NULL\(access) ORDER BY p.chance DESC, p.record LIMIT \(limit)
            """
        ).compactMap { row in
            guard let kind = PredictionKind(rawValue: row.text(0)) else { return nil }
            return Forecast(
                kind: kind,
                customer: RecordID(row.integer(1)),
                name: row.text(2),
                chance: Int64(((row[3].number ?? 0) * 10_000).rounded()),
                reasons: row.text(4).split(separator: ",").compactMap { part in
                    let pair = part.split(separator: ":").map(String.init)
                    guard pair.count == 2, let column = BuyingHistory.columns.first(where: { $0.name == pair[0] })
                    else {
                        return nil
                    }
                    return (column.label, pair[1] == "+")
                }
            )
        }
    }
}
