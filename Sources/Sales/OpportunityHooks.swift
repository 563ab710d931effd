import Expressions
import Identity
import Records
import Schema
import Values

extension Opportunity {
    static let hooks = Hooks<Opportunity>()
        .beforeSave("an opportunity begins in the first stage of its pipeline") { opportunity, session in
            let stages = Stages(session.schema)
            if opportunity.pipeline == nil {
                opportunity.pipeline = stages.stage(opportunity.stage)?.group ?? stages.pipelines.first?.key
            }
            let stage = stages.stage(opportunity.stage)
            let fits = stage.map { stages.belongs($0, to: opportunity.pipeline) } ?? false
            if opportunity.stage == nil
                || (opportunity.changes(\.pipeline) && !opportunity.changes(\.stage) && !fits)
            {
                opportunity.stage = stages.first(of: opportunity.pipeline)?.key
            }
            if opportunity.isNew, opportunity.startedOn == nil, !session.actor.origin.isImport {
                opportunity.startedOn = session.expressionContext.today
            }
        }
        .beforeSave("probability and outcome follow the stage") { opportunity, session in
            guard opportunity.changes(\.stage) else { return }
            follow(Stages(session.schema).stage(opportunity.stage), &opportunity, session)
        }
        .validate("the stage belongs to the pipeline") { opportunity, session in
            let stages = Stages(session.schema)
            guard opportunity.changes(\.stage) || opportunity.changes(\.pipeline),
                let stage = stages.stage(opportunity.stage), !stages.belongs(stage, to: opportunity.pipeline)
            else { return [] }
            return [
                FieldProblem(
                    "stage",
                    "stage_not_in_pipeline",
                    Label(
                        "«\(stage.label.en)» is no stage of this pipeline. Choose one of its stages.",
                        zh: "“\(stage.label.zh)”不属于该销售流程，请选择流程内的阶段。"
                    )
                )
            ]
        }
        .validate("who loses says why") { opportunity, _ in
            guard opportunity.outcome == "lost", opportunity.changes(\.stage) || opportunity.changes(\.lossReason),
                opportunity.lossReason == nil
            else { return [] }
            return [
                FieldProblem(
                    "loss_reason",
                    "required",
                    Label("Say why the opportunity was lost.", zh: "请填写输单原因。")
                )
            ]
        }
        .locks("the amount of an opportunity with products") { opportunity, session in
            try LineSum.of(opportunity.id, session) == nil ? [] : ["amount"]
        }
        .validate("the amount of an opportunity with products is that of its products") { opportunity, session in
            guard opportunity.changes(\.amount), let id = opportunity.before?.id,
                let sum = try LineSum.of(id, session), opportunity.amount != sum
            else { return [] }
            return [
                FieldProblem(
                    "amount",
                    "amount_from_lines",
                    Label(
                        "The amount is the sum of the products. Change quantity, price or discount there.",
                        zh: "金额由商机产品自动合计，请修改产品的数量、单价或折扣。"
                    )
                )
            ]
        }
        .afterRestore("an opportunity that comes back is worth what its lines come to now") { opportunity, session in
            try LineSum.carry(to: opportunity.id, session)
        }
        .afterPurge("an opportunity takes its stages along") { opportunity, session in
            try StageHistory.forget(opportunity.id, session)
        }
        .afterSave("the history knows each stage") { before, opportunity, session in
            guard before?.stage != opportunity.stage || before?.pipeline != opportunity.pipeline else { return }
            try StageHistory.enter(opportunity, isNew: before == nil, by: session)
        }

    private static func follow(
        _ stage: Choice?,
        _ opportunity: inout Draft<Opportunity>,
        _ session: WriteSession
    ) {
        guard let stage else { return }
        opportunity.outcome = stage.result
        if !opportunity.changes(\.stageChangedAt) || opportunity.stageChangedAt == nil {
            opportunity.stageChangedAt = session.now
        }
        if stage.result != "open" || !opportunity.changes(\.probability) {
            opportunity.probability = stage.probability.map(Int64.init)
        }
        if stage.result != "lost" {
            opportunity.lossReason = nil
            opportunity.lossNote = nil
        }
        if stage.result == "open" {
            opportunity.closedOn = nil
        } else if opportunity.closedOn == nil || !opportunity.changes(\.closedOn) {
            // Of one that comes from elsewhere the stage may have been entered long ago.
            let (zone, at) = (session.expressionContext.zone, opportunity.stageChangedAt ?? session.now)
            opportunity.closedOn = Day(of: at, offset: zone.offset(at: at))
        }
    }
}

extension Origin {
    /// True for files of another system: what they leave empty is not known.
    var isImport: Bool { if case .importRun = self { true } else { false } }
}
