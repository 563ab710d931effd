import Values

/// A comparison as it is edited.
public struct ComparisonForm: Sendable {
    /// The keys of up to three fields.
    public var fields: [String]
    /// The method.
    public var method: String
    /// Points when the same.
    public var agree: String
    /// Points off when different.
    public var disagree: String
    /// Whether it leads to records.
    public var finds: Bool
    /// `field:choice`; empty for always.
    public var condition: String

    /// A comparison as it is edited.
    public init(
        fields: [String] = [],
        method: String = "exact",
        agree: String = "",
        disagree: String = "",
        finds: Bool = true,
        condition: String = ""
    ) {
        self.fields = fields
        self.method = method
        self.agree = agree
        self.disagree = disagree
        self.finds = finds
        self.condition = condition
    }
}

/// The duplicate rules of an object as they are edited.
public struct DuplicateRulesForm: Sendable {
    /// Where it is sent, by POST: `active`, `warn_at`, `block_at`, and of comparison N `N.0` to `N.2`, `N.method`,
    /// `N.agree`, `N.disagree`, `N.finds`, `N.when`.
    public var action: String
    /// Whether duplicates are looked for.
    public var active: Bool
    /// From which score on people are warned.
    public var warnAt: String
    /// From which score on a record is refused; empty for never.
    public var blockAt: String
    /// The comparisons, with some empty ones.
    public var comparisons: [ComparisonForm]
    /// The fields to choose from.
    public var fields: [Option]
    /// The methods to choose from.
    public var methods: [Option]
    /// The conditions to choose from.
    public var conditions: [Option]
    /// What is wrong.
    public var problem: String?

    /// The duplicate rules of an object as they are edited.
    public init(
        action: String,
        active: Bool,
        warnAt: String,
        blockAt: String,
        comparisons: [ComparisonForm],
        fields: [Option],
        methods: [Option],
        conditions: [Option],
        problem: String? = nil
    ) {
        self.action = action
        self.active = active
        self.warnAt = warnAt
        self.blockAt = blockAt
        self.comparisons = comparisons
        self.fields = fields
        self.methods = methods
        self.conditions = conditions
        self.problem = problem
    }
}

/// The page with the duplicate rules of an object.
public enum DuplicateRulesPage {
    /// Scores, then a section per comparison.
    public static func html(_ form: DuplicateRulesForm, in context: PageContext) -> HTML {
        let none = [Option("", context(DuplicateTexts.noField))]
        let parts = HTML.each(form.comparisons.enumerated()) { index, comparison in
            let names = HTML.each(0..<3) { position in
                Control.cell(
                    "\(index).\(position)",
                    context(DuplicateTexts.fields) + " \(position + 1)",
                    none + form.fields,
                    chosen: position < comparison.fields.count ? comparison.fields[position] : ""
                )
            }
            let method = Control.select(
                "\(index).method",
                context(DuplicateTexts.method),
                form.methods,
                chosen: comparison.method
            )
            let condition = Control.select(
                "\(index).when",
                context(DuplicateTexts.when),
                none + form.conditions,
                chosen: comparison.condition
            )
            return """
                <fieldset class="k-section"><legend class="k-label">\(context(DuplicateTexts.comparison(index + 1)))</legend>\
                <div class="k-fields">\(names)</div><div class="k-fields">\(method)\
                \(number("\(index).agree", DuplicateTexts.agree, comparison.agree, context))\
                \(number("\(index).disagree", DuplicateTexts.disagree, comparison.disagree, context))\(condition)</div>\
                \(check("\(index).finds", DuplicateTexts.finds, comparison.finds, context))</fieldset>
                """
        }
        let reset: HTML = """
            <button class="k-btn" name="_action" value="reset">\(context(DuplicateTexts.reset))</button>
            """
        return """
            <div class="k-medium">\(Layout.head("\(context(DuplicateTexts.rules))", text: context(DuplicateTexts.rulesText)))\
            \(Control.alert(form.problem))<form class="k-panel" method="post" action="\(form.action)" novalidate>\(context.csrfField)
            <section class="k-section">\(check("active", DuplicateTexts.active, form.active, context))<div class="k-fields">\
            \(number("warn_at", DuplicateTexts.warnAt, form.warnAt, context))\
            \(number("block_at", DuplicateTexts.blockAt, form.blockAt, context))</div></section>\(parts)
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(Words.save))</button>\(reset)</div></form></div>
            """
    }

    private static func number(_ name: String, _ label: Label, _ value: String, _ context: PageContext) -> HTML {
        Control.input(name, context(label), value: value, mode: "numeric")
    }

    private static func check(_ name: String, _ label: Label, _ checked: Bool, _ context: PageContext) -> HTML {
        """
        <label class="k-option"><input type="checkbox" name="\(name)" value="true"\(attribute: "checked", if: checked)>\
        \(context(label))</label>
        """
    }
}
