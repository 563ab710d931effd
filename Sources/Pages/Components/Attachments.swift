public import Values

/// A file that hangs on a record.
public struct AttachmentModel: Sendable {
    /// Its name.
    public var name: String
    /// Where it is downloaded.
    public var href: String
    /// The address of its small version; nil for what is no picture.
    public var thumbnail: String?
    /// Its size in bytes.
    public var size: Int64
    /// When it was uploaded.
    public var at: Instant
    /// Who uploaded it.
    public var author: String?
    /// Deletes it by POST; nil when not allowed.
    public var delete: String?

    /// A file that hangs on a record.
    public init(
        name: String,
        href: String,
        thumbnail: String? = nil,
        size: Int64,
        at: Instant,
        author: String? = nil,
        delete: String? = nil
    ) {
        self.name = name
        self.href = href
        self.thumbnail = thumbnail
        self.size = size
        self.at = at
        self.author = author
        self.delete = delete
    }
}

/// The files of a record, with a form that adds one.
public enum AttachmentPanel {
    /// A panel that folds. `upload` takes the form; nil when not allowed. `hint` says what may be uploaded.
    public static func html(
        _ files: [AttachmentModel],
        upload: String?,
        hint: String,
        in context: PageContext
    ) -> HTML {
        let items = HTML.each(files) { item($0, context) }
        let body: HTML =
            files.isEmpty
            ? "<p class=\"k-panel-pad k-muted\">\(context(AttachmentTexts.none))</p>"
            : "<ul class=\"k-related k-files\">\(items)</ul>"
        let form = HTML.with(upload) { address -> HTML in
            """
            <form class="k-panel-pad k-upload" method="post" action="\(address)" enctype="multipart/form-data">\
            <label class="k-label" for="k-upload">\(context(AttachmentTexts.add))</label>\
            <input class="k-input" id="k-upload" type="file" name="file" multiple required aria-describedby="k-upload-help">\
            <p class="k-help" id="k-upload-help">\(hint)</p>\
            <button class="k-btn">\(Icons.use("plus"))\(context(AttachmentTexts.upload))</button></form>
            """
        }
        let count: HTML = "<span class=\"k-count\">\(Format.number(files.count))</span>"
        return """
            <details class="k-panel" id="files" open><summary>\(Icons.use("right"))\(context(AttachmentTexts.title))\
            \(HTML.when(!files.isEmpty, count))</summary>\(body)\(form)</details>
            """
    }

    private static func item(_ file: AttachmentModel, _ context: PageContext) -> HTML {
        let picture = HTML.with(file.thumbnail) {
            "<img class=\"k-thumb\" src=\"\($0)\" alt=\"\" loading=\"lazy\">"
        }
        let delete = HTML.with(file.delete) {
            RecordPage.action(
                context(AttachmentTexts.delete),
                to: $0,
                icon: "trash",
                danger: true,
                small: true,
                in: context
            )
        }
        let author = HTML.with(file.author) { "<span>\($0)</span>" }
        return """
            <li><a class="k-file" download\(href: file.href)>\(picture.isEmpty ? Icons.use("file") : picture)\(file.name)</a>\
            <span>\(delete)</span><div><span>\(size(file.size))</span>\(author)<span>\(CellValue.time(file.at, in: context))</span></div></li>
            """
    }

    /// A number of bytes in the unit that suits it.
    public static func size(_ bytes: Int64) -> String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: "\((bytes + 500) / 1000) kB"
        default: "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
        }
    }
}

/// The words of attachments.
public enum AttachmentTexts {
    /// The heading.
    public static let title = Label("Attachments", zh: "附件")
    /// Above the choice of files.
    public static let add = Label("Add files", zh: "添加附件")
    /// The button.
    public static let upload = Label("Upload", zh: "上传")
    /// The button beside a file.
    public static let delete = Label("Delete", zh: "删除")
    /// There are none.
    public static let none = Label("No attachments yet", zh: "暂无附件")
    /// How large a file may be.
    public static func hint(_ megabytes: Int64) -> Label {
        Label("Up to \(megabytes) MB each.", zh: "单个文件不超过 \(megabytes) MB。")
    }
}
