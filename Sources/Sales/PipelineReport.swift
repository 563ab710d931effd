import Database
public import Records
import Schema
import Values

/// How much is in which stage.
public enum PipelineReport {
    /// One stage of one pipeline.
    public struct Line: Sendable, Equatable {
        /// The pipeline.
        public let pipeline: String
        /// The stage.
        public let stage: String
        /// How many opportunities are in it.
        public internal(set) var count: Int64
        /// The sum of their amounts in minor units of the base currency.
        public internal(set) var amount: Int64
    }

    /// Count and sum per stage over the opportunities that the actor may read, in the order of the stages.
    ///
    /// The sum is 0 for somebody who may not read amounts. Throws `notFound` for somebody without opportunities.
    public static func byStage(_ session: ReadSession) throws -> [Line] {
        let object = try session.object("opportunities")
        let readable = Set(session.readableFields(object).map(\.key))
        guard readable.contains("pipeline"), readable.contains("stage") else { throw Problem.notFound }
        let sum = readable.contains("amount") ? "amount" : nil
        let lines = try session.groups(object, by: ["pipeline", "stage"], sum: sum).map { group in
            Line(
                pipeline: group.values[0].text ?? "",
                stage: group.values[1].text ?? "",
                count: group.count,
                amount: group.sum
            )
        }
        let order = Stages(session.schema)
        let flows = order.pipelines.map(\.key)
        let steps = order.stages.map(\.key)
        func place(_ line: Line) -> (Int, Int) {
            (flows.firstIndex(of: line.pipeline) ?? flows.count, steps.firstIndex(of: line.stage) ?? steps.count)
        }
        return lines.sorted { place($0) < place($1) }
    }
}
