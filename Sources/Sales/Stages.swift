import Schema
import Values

/// The pipelines and stages as the workspace has them now.
struct Stages: Sendable {
    /// The pipelines that are offered.
    let pipelines: [Choice]
    /// All stages, hidden ones included.
    let stages: [Choice]

    init(_ schema: SchemaSnapshot) {
        let object = schema.object(Opportunity.key)
        pipelines = object?.field("pipeline")?.kind.choices.filter { !$0.hidden } ?? []
        stages = object?.field("stage")?.kind.choices ?? []
    }

    /// The stage of that key.
    func stage(_ key: String?) -> Choice? { stages.first { $0.key == key } }

    /// The stages of a pipeline that are offered, in order.
    func of(_ pipeline: String?) -> [Choice] { stages.filter { !$0.hidden && belongs($0, to: pipeline) } }

    /// The stage in which an opportunity of the pipeline begins.
    func first(of pipeline: String?) -> Choice? { of(pipeline).first { $0.result == "open" } ?? of(pipeline).first }

    /// The stage in which it ends as `won` or `lost`.
    func last(_ result: String, of pipeline: String?) -> Choice? { of(pipeline).first { $0.result == result } }

    /// True when a stage may be used in a pipeline; one without a pipeline may be used in all.
    func belongs(_ stage: Choice, to pipeline: String?) -> Bool { stage.group == nil || stage.group == pipeline }
}

extension Choice {
    /// `open`, `won` or `lost`.
    var result: String { outcome ?? "open" }
}
