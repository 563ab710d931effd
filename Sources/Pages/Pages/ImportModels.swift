/// A column of a file that is to be imported.
public struct ImportColumn: Sendable {
    /// Its heading in the file.
    public var heading: String
    /// Its first values.
    public var samples: [String]
    /// The field that it goes into; empty to leave it out.
    public var target: String
    /// True when the program proposed the field.
    public var proposed: Bool
    /// What is wrong with the choice.
    public var error: String?
    /// Why the program proposed no field.
    public var note: String?
    /// How its dates or numbers are written, where the file does not tell.
    public var style: ImportStyle?
    /// Its distinct values, where they become choices or persons.
    public var values: [ImportValue] = []
    /// What the values may become.
    public var valueOptions: [Option] = []

    /// A column of a file that is to be imported.
    public init(heading: String, samples: [String], target: String = "", proposed: Bool = false, error: String? = nil) {
        self.heading = heading
        self.samples = samples
        self.target = target
        self.proposed = proposed
        self.error = error
    }
}

/// How a file, or the dates or numbers of one of its columns, is written: what a person says where the file does not tell.
public struct ImportStyle: Sendable {
    /// What it is sent as: `encoding`, `separator` or `quote`, or `dates` or `decimals` before the position of the column.
    public var name: String
    /// What is asked.
    public var label: String
    /// The answers.
    public var options: [Option]
    /// The answer so far; empty for none.
    public var chosen: String

    /// A question about a file or a column.
    public init(_ name: String, _ label: String, _ options: [Option], chosen: String) {
        (self.name, self.label, self.options, self.chosen) = (name, label, options, chosen)
    }
}

/// A value of a column that becomes a choice or a person.
public struct ImportValue: Sendable {
    /// The text in the file.
    public var text: String
    /// How many rows have it.
    public var count: Int
    /// What it becomes; empty for nothing yet.
    public var chosen: String
    /// True when somebody should look at it: nothing fits, or only by likeness.
    public var isOpen: Bool

    /// A value of a column.
    public init(_ text: String, count: Int, chosen: String, isOpen: Bool) {
        (self.text, self.count, self.chosen, self.isOpen) = (text, count, chosen, isOpen)
    }
}

/// The step in which columns are matched to fields.
public struct ImportMapping: Sendable {
    /// Where it is sent, by POST: `map.0`, `map.1` … by position, `mode`, `match`, and `_action` = `run` or `try`.
    public var action: String
    /// The name of the file.
    public var file: String
    /// How many rows it has.
    public var rows: Int
    /// Its columns.
    public var columns: [ImportColumn]
    /// The fields to choose from, with `key` or `link.key`.
    public var fields: [Option]
    /// The fields by which existing records may be recognised.
    public var matches: [Option]
    /// `upsert`, `create`, `update` or `fill`.
    public var mode: String
    /// The field by which existing records are recognised; empty for none.
    public var match: String
    /// What is wrong as a whole.
    public var error: String?
    /// The sheets of a workbook to choose from; empty when there is no choice.
    public var sheets: [Option] = []
    /// The sheet that is shown.
    public var sheet = ""
    /// The row that names the columns; nil for files that have none.
    public var heading: Int?
    /// How the characters and cells of a text table are written; empty for other files.
    public var reading: [ImportStyle] = []
    /// The same in one line, as it is now.
    public var readingNow = ""
    /// True where that is to be looked at: doubtful, said by hand, or nothing can be read with what was chosen.
    public var opensReading = false
    /// What is done with rows that are likely the same as a record: empty, `skip`, `update` or `flag`.
    public var duplicates = ""
    /// Where the proposal comes from.
    public var origin: String?

    /// The step in which columns are matched to fields.
    public init(
        action: String,
        file: String,
        rows: Int,
        columns: [ImportColumn],
        fields: [Option],
        matches: [Option],
        mode: String = "upsert",
        match: String = "",
        error: String? = nil
    ) {
        self.action = action
        self.file = file
        self.rows = rows
        self.columns = columns
        self.fields = fields
        self.matches = matches
        self.mode = mode
        self.match = match
        self.error = error
    }
}
