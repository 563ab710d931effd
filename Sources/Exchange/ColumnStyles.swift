public import Schema
public import Values

/// What a file alone does not tell about a column, so that a person has to say it.
public struct ColumnQuestion: Sendable, Equatable {
    /// What is asked.
    public enum Kind: Sendable, Equatable {
        /// The order of day, month and year: one of these.
        case dates([DateOrder])
        /// The mark before the decimals.
        case decimals
    }
    /// The position of the column.
    public let index: Int
    /// Its heading.
    public let header: String
    /// What is asked.
    public let kind: Kind

    /// What is to be said, with how a mapping says it.
    public var problem: FieldProblem {
        switch kind {
        case .dates:
            FieldProblem(
                header,
                "unclear_dates",
                Label(
                    "The dates of «\(header)» do not tell which number is the day and which the month. Choose the order (in a mapping: \"dates\": \"dmy\", \"mdy\" or \"ymd\").",
                    zh: "“\(header)”列的日期分不清月和日，请选择日期顺序（对应关系文件中写 \"dates\": \"dmy\"、\"mdy\" 或 \"ymd\"）。"
                )
            )
        case .decimals:
            FieldProblem(
                header,
                "unclear_decimals",
                Label(
                    "The numbers of «\(header)» do not tell whether a comma or a point stands before the decimals. Choose it (in a mapping: \"decimals\": \".\" or \",\").",
                    zh: "“\(header)”列的数字分不清小数点是“.”还是“,”，请选择（对应关系文件中写 \"decimals\": \".\" 或 \",\"）。"
                )
            )
        }
    }
}

extension ImportMapping {
    /// What the file leaves open about a column as it is matched now; nil when the column decides itself.
    public func question(_ index: Int, _ object: ObjectDefinition, _ survey: ColumnSurvey) -> ColumnQuestion? {
        guard survey.columns.indices.contains(index), columns.indices.contains(index),
            let target = columns[index].field,
            let field = object.field(target.leading)
        else { return nil }
        func asked(_ kind: ColumnQuestion.Kind) -> ColumnQuestion {
            ColumnQuestion(index: index, header: columns[index].header, kind: kind)
        }
        switch field.kind {
        case .day, .instant:
            switch survey.columns[index].dates.decision {
            case .free, .order: return nil
            case .ambiguous(let orders), .contradictory(let orders): return asked(.dates(orders))
            }
        default:
            guard let scale = field.decimals(target) else { return nil }
            return survey.columns[index].numbers.decision(scale: scale) == .unclear ? asked(.decimals) : nil
        }
    }

    /// Lets whole columns decide how their dates and numbers are written, where nobody has said it. The answer is what
    /// stays open.
    mutating func settleStyles(_ object: ObjectDefinition, _ survey: ColumnSurvey) -> [ColumnQuestion] {
        var questions: [ColumnQuestion] = []
        for index in columns.indices where survey.columns.indices.contains(index) {
            let asked = question(index, object, survey)
            if let asked {
                let isAnswered =
                    if case .dates = asked.kind { columns[index].dates != nil } else { columns[index].decimals != nil }
                if !isAnswered { questions.append(asked) }
                continue
            }
            guard let target = columns[index].field, let field = object.field(target.leading) else { continue }
            if case .order(let order) = survey.columns[index].dates.decision, columns[index].dates == nil, field.isTime
            {
                columns[index].dates = order
            }
            if let scale = field.decimals(target), columns[index].decimals == nil,
                survey.columns[index].numbers.decision(scale: scale) == .mark(.comma)
            {
                columns[index].decimals = .comma
            }
        }
        return questions
    }

    /// Whether any column is one whose values have to be looked at as a whole.
    func needsSurvey(_ object: ObjectDefinition) -> Bool {
        columns.contains { column in
            guard let target = column.field, let field = object.field(target.leading) else { return false }
            if field.isTime { return column.dates == nil }
            return field.decimals(target) != nil && column.decimals == nil
        }
    }
}

extension FieldDefinition {
    fileprivate var isTime: Bool {
        switch kind {
        case .day, .instant: true
        default: false
        }
    }

    /// How many decimals numbers of this field have; nil for what is no number. An amount may have any: two are meant.
    func decimals(_ target: String) -> Int? {
        switch kind {
        case .integer: 0
        case .decimal(let scale): scale
        case .money: target.hasSuffix("." + FieldPart.currency.key) ? nil : 2
        default: nil
        }
    }
}
