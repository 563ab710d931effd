public import Schema
public import Values

/// A chance to sell something, on its way through the stages of a pipeline.
public enum Opportunity: ObjectType {
    /// The object's key.
    public static let key = "opportunity"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The name.
        public let name = Field<String>("name", Label("Name", zh: "商机名称"), .text(max: 200)) {
            $0.required = true
            $0.searchable = true
        }
        /// The customer.
        public let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer"))
        /// The person whom we deal with.
        public let contact = Field<RecordID>("contact", Label("Contact", zh: "联系人"), .link(to: "contact"))
        /// The pipeline; the first one if left empty.
        public let pipeline = Field<String>(
            "pipeline",
            Label("Pipeline", zh: "销售流程"),
            .choice(SalesChoices.pipelines)
        ) { $0.required = true }
        /// The stage; the pipeline's first one if left empty.
        public let stage = Field<String>("stage", Label("Stage", zh: "阶段"), .choice(SalesChoices.stages)) {
            $0.required = true
        }
        /// What the sale is worth.
        public let amount = Field<Money>("amount", Label("Amount", zh: "金额"), .money)
        /// How likely it is, in per cent; follows the stage unless given.
        public let probability = Field<Int64>("probability", Label("Probability (%)", zh: "赢率（%）"), .integer)
        /// When we expect the decision.
        public let closeOn = Field<Day>("close_on", Label("Expected close", zh: "预计成交日期"), .day) {
            $0.indexed = true
        }
        /// What is mainly sold.
        public let product = Field<RecordID>("product", Label("Product", zh: "主要产品"), .link(to: "product"))
        /// Where it came from.
        public let source = Field<String>("source", Label("Source", zh: "商机来源"), .choice(SalesChoices.sources))
        /// The next thing to do.
        public let nextStep = Field<String>("next_step", Label("Next step", zh: "下一步计划"), .text(max: 500))
        /// Who else offers.
        public let competitor = Field<String>("competitor", Label("Competitor", zh: "竞争对手"), .text(max: 200)) {
            $0.searchable = true
        }
        /// Why it was lost; asked for when it is.
        public let lossReason = Field<String>(
            "loss_reason",
            Label("Loss reason", zh: "输单原因"),
            .choice(SalesChoices.lossReasons)
        )
        /// More about why it was lost.
        public let lossNote = Field<String>("loss_note", Label("Loss note", zh: "输单说明"), .longText(max: 4000))
        /// Open, won or lost; follows the stage.
        public let outcome = Field<String>("outcome", Label("Outcome", zh: "商机结果"), .choice(SalesChoices.outcomes)) {
            $0.readOnly = true
            $0.audited = false
        }
        /// When it came into its stage.
        public let stageChangedAt = Field<Instant>(
            "stage_changed_at",
            Label("In stage since", zh: "进入阶段时间"),
            .instant
        ) {
            $0.readOnly = true
            $0.audited = false
            $0.historic = true
        }
        /// When work on it began.
        public let startedOn = Field<Day>("started_on", Label("Started on", zh: "启动日期"), .day)
        /// When it was won or lost.
        public let closedOn = Field<Day>("closed_on", Label("Closed on", zh: "结单日期"), .day) { $0.indexed = true }
        /// Free tags.
        public let tags = Field<String>("tags", Label("Tags", zh: "标签"), .tags) { $0.searchable = true }
        /// Notes.
        public let description = Field<String>("description", Label("Notes", zh: "备注"), .longText(max: 20_000)) {
            $0.searchable = true
        }
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "opportunities",
        Label("Opportunity", zh: "商机"),
        many: Label("Opportunities", zh: "商机"),
        icon: "target",
        fields: [
            fields.name.definition, fields.customer.definition, fields.contact.definition, fields.pipeline.definition,
            fields.stage.definition, fields.amount.definition, fields.probability.definition,
            fields.closeOn.definition, fields.product.definition, fields.source.definition,
            fields.nextStep.definition, fields.competitor.definition, fields.lossReason.definition,
            fields.lossNote.definition, fields.outcome.definition, fields.stageChangedAt.definition,
            fields.startedOn.definition, fields.closedOn.definition, fields.tags.definition,
            fields.description.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = [
            "name", "customer", "stage", "amount", "probability", "close_on", "owner", "stage_changed_at",
        ]
        $0.statedTogether = [
            [
                "stage", "pipeline", "probability", "loss_reason", "loss_note", "closed_on", "outcome",
                "stage_changed_at",
            ]
        ]
        $0.keptSums = [
            KeptSum(by: ["pipeline", "stage", "outcome"], sum: "amount"), KeptSum(hoursOf: "created_at"),
        ]
        // Boards, the start page and reports on what is open or was closed lately read their rows in the order of
        // these, or nothing but these; the last is for people who see their own only.
        $0.indexes = [
            ["outcome", "close_on", "id", "stage", "amount_base", "stage_changed_at"],
            ["outcome", "closed_on", "id", "owner", "amount_base"],
            ["owner", "outcome", "close_on", "id", "stage", "amount_base"],
        ]
        $0.rules = [
            ValidationRule(
                id: "opportunity.probability",
                expression: "probability is empty or probability between 0 and 100",
                message: Label("The probability must be 0 to 100.", zh: "赢率应在 0 到 100 之间。"),
                field: "probability"
            )
        ]
    }
}
