public import Values

/// A pipeline and its stages.
public struct PipelineModel: Sendable {
    /// A stage of it.
    public struct Stage: Sendable {
        /// Its key.
        public var key: String
        /// Its name.
        public var label: Label
        /// How likely an opportunity in it is won, in per cent.
        public var probability: Int?
        /// `open`, `won` or `lost`.
        public var outcome: String
        /// Not offered any more.
        public var isHidden: Bool

        /// A stage of a pipeline.
        public init(key: String, label: Label, probability: Int?, outcome: String, isHidden: Bool) {
            self.key = key
            self.label = label
            self.probability = probability
            self.outcome = outcome
            self.isHidden = isHidden
        }
    }

    /// Its key.
    public var key: String
    /// Its name.
    public var label: Label
    /// Not offered any more.
    public var isHidden: Bool
    /// Its stages in order.
    public var stages: [Stage]

    /// A pipeline and its stages.
    public init(key: String, label: Label, isHidden: Bool, stages: [Stage]) {
        self.key = key
        self.label = label
        self.isHidden = isHidden
        self.stages = stages
    }
}

/// The page of pipelines.
public enum PipelinePage {
    /// Each pipeline is a form that posts to `action/KEY`: `zh-STAGE`, `en-STAGE`, `probability-STAGE`,
    /// `outcome-STAGE`, and `_action` with `up:`, `down:`, `hide:`, `show:` and a stage, `add`, `hide-all` or
    /// `show-all`; a new one is posted to `action` with `zh`, `en` and `from`.
    public static func html(
        _ pipelines: [PipelineModel],
        action: String,
        error: String?,
        in context: PageContext
    ) -> HTML {
        let forms = HTML.each(pipelines) { pipeline($0, action, isOnly: pipelines.count == 1, context) }
        let sources = pipelines.map { Option($0.key, context($0.label)) }
        return """
            \(Layout.head("\(context(PipelineTexts.title))", text: context(PipelineTexts.text)))<div class="k-stack">\
            \(Control.alert(error))\(forms)<form class="k-panel" method="post" action="\(action)">\(context.csrfField)\
            <h2 class="k-panel-head">\(context(PipelineTexts.new))</h2><div class="k-section"><div class="k-inline">\
            \(Control.input("zh", context(AdminTexts.nameChinese)))\(Control.input("en", context(AdminTexts.nameEnglish)))\
            \(Control.select("from", context(PipelineTexts.from), sources))\
            <button class="k-btn">\(Icons.use("plus"))\(context(PipelineTexts.new))</button></div></div></form></div>
            """
    }

    private static func pipeline(_ model: PipelineModel, _ action: String, isOnly: Bool, _ context: PageContext) -> HTML
    {
        let rows = HTML.each(model.stages.enumerated()) { place, stage in
            row(stage, place, of: model.stages.count, context)
        }
        let toggle: HTML = """
            <button class="k-btn k-btn-quiet" name="_action" value="\(model.isHidden ? "show-all" : "hide-all")">\
            \(context(model.isHidden ? Words.show : Words.hide))</button>
            """
        return """
            <form class="k-panel" method="post" action="\(action)/\(WebAddress.encoded(model.key))" novalidate>\(context.csrfField)\
            <h2 class="k-panel-head">\(context(model.label))</h2><table class="k-table k-cards">\
            <caption class="k-hidden">\(context(model.label))</caption><thead><tr>\
            <th scope="col">\(context(AdminTexts.nameChinese))</th><th scope="col">\(context(AdminTexts.nameEnglish))</th>\
            <th scope="col">\(context(PipelineTexts.probability))</th><th scope="col">\(context(PipelineTexts.outcome))</th>\
            <th scope="col"><span class="k-hidden">\(context(Words.actions))</span></th></tr></thead><tbody>\(rows)</tbody></table>\
            <div class="k-section"><div class="k-inline">\
            \(Control.input("zh", context(PipelineTexts.newStage) + " · " + context(AdminTexts.nameChinese), prefix: "s-"))\
            \(Control.input("en", context(AdminTexts.nameEnglish), prefix: "s-"))\
            <button class="k-btn" name="_action" value="add">\(Icons.use("plus"))\(context(PipelineTexts.newStage))</button></div></div>\
            <div class="k-form-foot"><button class="k-btn k-btn-primary" name="_action" value="save">\(context(Words.save))</button>\
            \(HTML.when(!isOnly, toggle))</div></form>
            """
    }

    private static func row(_ stage: PipelineModel.Stage, _ place: Int, of count: Int, _ context: PageContext) -> HTML {
        let name = context(stage.label)
        func said(_ label: Label) -> String { name + ": " + context(label) }
        func button(_ verb: String, _ icon: String, _ label: Label, isOff: Bool = false) -> HTML {
            """
            <button class="k-btn k-btn-small k-btn-quiet" name="_action" value="\(verb):\(stage.key)" aria-label="\(said(label))" \
            title="\(context(label))"\(attribute: "disabled", if: isOff)>\(Icons.use(icon))</button>
            """
        }
        let outcomes = [
            Option("open", context(PipelineTexts.open)), Option("won", context(PipelineTexts.won)),
            Option("lost", context(PipelineTexts.lost)),
        ]
        let hide =
            stage.isHidden ? button("show", "check", Words.show) : button("hide", "close", Words.hide)
        return """
            <tr\(attribute: "class", stage.isHidden ? "k-off" : nil)>\
            <td class="k-name"><input class="k-input" name="zh-\(stage.key)" value="\(stage.label.zh)" aria-label="\(said(AdminTexts.nameChinese))"></td>\
            <td><input class="k-input" name="en-\(stage.key)" value="\(stage.label.en)" aria-label="\(said(AdminTexts.nameEnglish))"></td>\
            <td><input class="k-input" type="number" min="0" max="100" inputmode="numeric" name="probability-\(stage.key)" \
            value="\(stage.probability ?? 0)" aria-label="\(said(PipelineTexts.probability))"></td>\
            <td>\(Control.cell("outcome-" + stage.key, said(PipelineTexts.outcome), outcomes, chosen: stage.outcome))</td>\
            <td><div class="k-cell-actions">\(button("up", "up", PipelineTexts.up, isOff: place == 0))\
            \(button("down", "down", PipelineTexts.down, isOff: place == count - 1))\(hide)</div></td></tr>
            """
    }
}

/// What the page of pipelines says.
public enum PipelineTexts {
    /// The page.
    public static let title = Label("Pipelines", zh: "销售流程")
    /// What they are for.
    public static let text = Label(
        "The stages that opportunities go through. The probability is what a forecast reckons with.",
        zh: "商机推进所经过的阶段；赢率用于销售预测。"
    )
    static let new = Label("New pipeline", zh: "新建流程")
    static let from = Label("With the stages of", zh: "阶段复制自")
    static let newStage = Label("New stage", zh: "新增阶段")
    static let probability = Label("Probability (%)", zh: "赢率（%）")
    static let outcome = Label("Means", zh: "阶段类型")
    static let open = Label("Open", zh: "进行中")
    static let won = Label("Won", zh: "赢单")
    static let lost = Label("Lost", zh: "输单")
    static let up = Label("Move up", zh: "上移")
    static let down = Label("Move down", zh: "下移")
    /// A probability that is none.
    public static let needsShare = Label("A probability is a whole number from 0 to 100.", zh: "赢率应为 0 到 100 的整数。")
    /// The last one cannot go.
    public static let needsOne = Label("One pipeline at least must be offered.", zh: "至少要保留一个启用的流程。")

    /// A pipeline that lacks a kind of stage.
    public static func needsAll(_ name: Label) -> Label {
        Label(
            "\(name.en) needs at least one open stage, one for won and one for lost deals.",
            zh: "「\(name.zh)」至少要有一个进行中、一个赢单、一个输单阶段。"
        )
    }
}
