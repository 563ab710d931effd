/// The stages of an opportunity and where it stands.
public struct StagePathModel: Sendable {
    /// One stage.
    public struct Stage: Sendable {
        /// What is sent to move there.
        public var key: String
        /// What people see.
        public var label: String
        /// `open`, `won` or `lost`.
        public var outcome: String?
        /// How long it stood there, as `12 天`; nil when unknown.
        public var note: String?

        /// One stage.
        public init(key: String, label: String, outcome: String? = nil, note: String? = nil) {
            self.key = key
            self.label = label
            self.outcome = outcome
            self.note = note
        }
    }

    /// The stages in order.
    public var stages: [Stage]
    /// The key of the stage of now.
    public var current: String
    /// Where a move is sent, by POST with `field` = key; nil when the person may not move it.
    public var action: String?
    /// The name of the stage field.
    public var field: String
    /// The version that was read; sent as `_version`.
    public var version: String?

    /// The stages of an opportunity and where it stands.
    public init(
        stages: [Stage],
        current: String,
        action: String? = nil,
        field: String = "stage",
        version: String? = nil
    ) {
        self.stages = stages
        self.current = current
        self.action = action
        self.field = field
        self.version = version
    }
}

/// The strip of stages over a record: each is a button.
public enum StagePath {
    /// The strip; stages before the present one are marked as passed.
    public static func html(_ model: StagePathModel, in context: PageContext) -> HTML {
        let now = model.stages.firstIndex { $0.key == model.current }
        let closed = now.map { model.stages[$0].outcome == "won" || model.stages[$0].outcome == "lost" } ?? false
        let items = HTML.each(model.stages.enumerated()) { index, stage in
            let passed = now.map { index < $0 } ?? false
            let won = now.map { model.stages[$0].outcome == "won" } ?? false
            let style: String =
                if stage.key == model.current {
                    closed ? "k-step k-step-\(stage.outcome ?? "now")" : "k-step k-step-now"
                } else if passed, won || !closed, stage.outcome != "won", stage.outcome != "lost" {
                    "k-step k-step-done"
                } else {
                    "k-step"
                }
            return
                "<li\(attribute: "aria-current", stage.key == model.current ? "step" : nil)>\(step(stage, style, model, context))</li>"
        }
        let list: HTML = "<ol class=\"k-path\" aria-label=\"\(context(RecordTexts.path))\">\(items)</ol>"
        guard let action = model.action else { return list }
        return """
            <form method="post" action="\(action)">\(context.csrfField)\
            \(HTML.with(model.version) { "<input type=\"hidden\" name=\"_version\" value=\"\($0)\">" })\(list)</form>
            """
    }

    private static func step(
        _ stage: StagePathModel.Stage,
        _ style: String,
        _ model: StagePathModel,
        _ context: PageContext
    ) -> HTML {
        let text: HTML = "<span>\(stage.label)</span>\(HTML.with(stage.note) { "<small>\($0)</small>" })"
        guard model.action != nil, stage.key != model.current else {
            let now = HTML.when(
                stage.key == model.current,
                "<span class=\"k-hidden\">\(context(RecordTexts.current))</span>"
            )
            return "<div class=\"\(style)\">\(text)\(now)</div>"
        }
        return """
            <button class="\(style)" name="\(model.field)" value="\(stage.key)" \
            title="\(context(RecordTexts.move(stage.label)))">\(text)</button>
            """
    }
}
