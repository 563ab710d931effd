public import Values

/// A form of file that records can be exported in.
public struct ExportChoice: Sendable {
    /// The word of the API.
    public var name: String
    /// What people choose by.
    public var label: String
    /// What it is good for.
    public var help: String

    /// A form of file that records can be exported in.
    public init(name: String, label: String, help: String) {
        self.name = name
        self.label = label
        self.help = help
    }
}

/// The page on which the form of an export is chosen.
public enum ExportPage {
    /// The choices; sends `format` and the `hidden` members by GET to `action`.
    public static func html(
        objects: Label,
        action: String,
        choices: [ExportChoice],
        hidden: [(name: String, value: String)],
        in context: PageContext
    ) -> HTML {
        let items = HTML.each(choices.enumerated()) { index, choice in
            """
            <div class="k-field"><label class="k-option"><input type="radio" name="format" value="\(choice.name)"\
            \(attribute: "checked", if: index == 0) aria-describedby="h-\(choice.name)"><b>\(choice.label)</b></label>\
            <p class="k-help" id="h-\(choice.name)">\(choice.help)</p></div>
            """
        }
        let kept = HTML.each(hidden) { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" }
        let note: HTML = "<p class=\"k-note\">\(context(ImportTexts.exportFiltered))</p>"
        return """
            <div class="k-narrow">\(Layout.head("\(context(ImportTexts.export(objects)))"))
            <form class="k-panel" method="get" action="\(action)">\(kept)<fieldset class="k-section k-form">\
            <legend class="k-sr">\(context(ImportTexts.format))</legend>\(HTML.when(!hidden.isEmpty, note))\(items)</fieldset>
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(Icons.use("export"))\(context(ImportTexts.download))</button></div></form></div>
            """
    }
}
