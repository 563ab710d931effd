import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// Pipelines: the stages through which opportunities go, in order, each with its usual probability and outcome.
enum PipelineHandlers {
    static let address = Addresses.settings + "/pipelines"
    /// The object whose records move through stages, and its two fields.
    private static let (object, stageKey, pipelineKey) = ("opportunity", "stage", "pipeline")
    private static let outcomes = ["open", "won", "lost"]

    // MARK: Showing

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil) }

    private static func show(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        try page.actor.require(.schema)
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let (stages, pipelines) = try choices(session)
            let context = page.context
            let models = pipelines.map { pipeline in
                PipelineModel(
                    key: pipeline.key,
                    label: pipeline.label,
                    isHidden: pipeline.hidden,
                    stages: stages.filter { $0.group == pipeline.key }.map {
                        PipelineModel.Stage(
                            key: $0.key,
                            label: $0.label,
                            probability: $0.probability,
                            outcome: $0.outcome ?? "open",
                            isHidden: $0.hidden
                        )
                    }
                )
            }
            let html = PipelinePage.html(
                models,
                action: address,
                error: problem.map { context($0.fields.first?.message ?? $0.message) },
                in: context
            )
            return PageBody(
                context(PipelineTexts.title),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    private static func choices(_ session: ReadSession) throws -> (stages: [Choice], pipelines: [Choice]) {
        let (_, stage) = try FieldHandlers.found(object, stageKey, session)
        let (_, pipeline) = try FieldHandlers.found(object, pipelineKey, session)
        return (stage.kind.choices, pipeline.kind.choices)
    }

    // MARK: Changing

    /// A new pipeline with the stages of another.
    static func add(_ page: PageCall) async throws -> Reply {
        try await changing(page) { stages, pipelines in
            guard let label = page.form.label() else { throw Problem.invalid("zh", "required", AdminWords.needsName) }
            let key = free(label.proposedKey, "pipeline", in: pipelines)
            let model = page.form.text("from")
            let copied = stages.filter { $0.group == model && !$0.hidden }
            for stage in copied {
                var copy = stage
                copy.group = key
                copy.key = free(stage.key + "_" + key, "stage", in: stages)
                stages.append(copy)
            }
            pipelines.append(Choice(key, label))
        }
    }

    /// Names, probabilities and outcomes of all stages of a pipeline; `_action` moves, hides or shows one of them, or
    /// adds one.
    static func change(_ page: PageCall) async throws -> Reply {
        let (form, pipeline) = (page.form, page.call.parameter("pipeline"))
        return try await changing(page) { stages, pipelines in
            guard let place = pipelines.firstIndex(where: { $0.key == pipeline }) else { throw Problem.notFound }
            for index in stages.indices where stages[index].group == pipeline {
                try read(form, into: &stages[index])
            }
            let action = form.text("_action").split(separator: ":", maxSplits: 1).map(String.init)
            switch action.first {
            case "up", "down": move(action.last ?? "", by: action[0] == "up" ? -1 : 1, in: pipeline, &stages)
            case "hide", "show":
                guard let index = stages.firstIndex(where: { $0.key == action.last }) else { throw Problem.notFound }
                stages[index].hidden = action[0] == "hide"
            case "hide-all", "show-all": pipelines[place].hidden = action[0] == "hide-all"
            case "add":
                guard let label = form.label() else { throw Problem.invalid("zh", "required", AdminWords.needsName) }
                let key = free(label.proposedKey, "stage", in: stages)
                // A new stage stands before those that end a deal.
                let end = stages.firstIndex { $0.group == pipeline && ($0.outcome ?? "open") != "open" }
                let stage = Choice(key, label, group: pipeline, probability: 50, outcome: "open")
                stages.insert(stage, at: end ?? stages.endIndex)
            default: break
            }
        }
    }

    private static func read(_ form: FormFields, into stage: inout Choice) throws {
        let (zh, en) = (form.text("zh-" + stage.key), form.text("en-" + stage.key))
        guard form["zh-" + stage.key] != nil else { return }
        guard !zh.isEmpty || !en.isEmpty else { throw Problem.invalid("zh", "required", AdminWords.needsName) }
        stage.label = Label(en.isEmpty ? zh : en, zh: zh.isEmpty ? en : zh)
        let share = form.text("probability-" + stage.key)
        guard let number = Int(share), (0...100).contains(number) else {
            throw Problem.invalid("probability", "out_of_range", PipelineTexts.needsShare)
        }
        let outcome = form.text("outcome-" + stage.key)
        stage.outcome = outcomes.contains(outcome) ? outcome : "open"
        // What is won is certain, what is lost is gone.
        stage.probability = stage.outcome == "won" ? 100 : stage.outcome == "lost" ? 0 : number
    }

    private static func move(_ key: String, by step: Int, in pipeline: String, _ stages: inout [Choice]) {
        let own = stages.indices.filter { stages[$0].group == pipeline }
        guard let place = own.firstIndex(where: { stages[$0].key == key }), own.indices.contains(place + step) else {
            return
        }
        stages.swapAt(own[place], own[place + step])
    }

    /// A key that no choice has yet.
    private static func free(_ proposed: String, _ word: String, in choices: [Choice]) -> String {
        let taken = Set(choices.map(\.key))
        let base = String((proposed.isEmpty ? word : proposed).prefix(50))
        guard taken.contains(base) else { return base }
        return (2...).lazy.map { "\(base)_\($0)" }.first { !taken.contains($0) } ?? base
    }

    private static func changing(
        _ page: PageCall,
        _ body: @escaping @Sendable (inout [Choice], inout [Choice]) throws -> Void
    ) async throws -> Reply {
        let actor = try page.actor
        try actor.require(.schema)
        do {
            let changes = try await page.read { session in
                let (_, stageField) = try FieldHandlers.found(object, stageKey, session)
                let (_, pipelineField) = try FieldHandlers.found(object, pipelineKey, session)
                var (stages, pipelines) = (stageField.kind.choices, pipelineField.kind.choices)
                try body(&stages, &pipelines)
                try check(stages, pipelines)
                return [
                    try SchemaChange.choices(stages, of: stageField, on: object),
                    try SchemaChange.choices(pipelines, of: pipelineField, on: object),
                ]
            }
            try await page.call.engine.apply(changes, as: actor)
            return page.go(to: address, .ok, AdminWords.changed)
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem)
        }
    }

    /// Every pipeline that is offered has a way in and two ways out.
    private static func check(_ stages: [Choice], _ pipelines: [Choice]) throws {
        let offered = pipelines.filter { !$0.hidden }
        guard !offered.isEmpty else { throw Problem.invalid("pipeline", "required", PipelineTexts.needsOne) }
        for pipeline in offered {
            let own = stages.filter { !$0.hidden && ($0.group == nil || $0.group == pipeline.key) }
            for outcome in outcomes where !own.contains(where: { ($0.outcome ?? "open") == outcome }) {
                throw Problem.invalid("outcome", "required", PipelineTexts.needsAll(pipeline.label))
            }
        }
    }
}
