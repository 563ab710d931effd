public import Schema
public import Values

/// Something that we sell.
public enum Product: ObjectType {
    /// The object's key.
    public static let key = "product"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The name.
        public let name = Field<String>("name", Label("Name", zh: "产品名称"), .text(max: 200)) {
            $0.required = true
            $0.searchable = true
        }
        /// The number by which it is ordered.
        public let code = Field<String>("code", Label("Product no.", zh: "产品编号"), .text(max: 60)) {
            $0.unique = true
            $0.searchable = true
        }
        /// The group of products.
        public let category = Field<String>("category", Label("Category", zh: "产品类别"), .text(max: 100)) {
            $0.searchable = true
        }
        /// What it is counted in.
        public let unit = Field<String>("unit", Label("Unit", zh: "单位"), .text(max: 20))
        /// The list price.
        public let price = Field<Money>("price", Label("List price", zh: "标准售价"), .money)
        /// Whether it is on sale.
        public let active = Field<Bool>("active", Label("On sale", zh: "在售"), .boolean) { $0.defaultJSON = "true" }
        /// What it is.
        public let description = Field<String>("description", Label("Description", zh: "产品说明"), .longText(max: 20_000))
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "products",
        Label("Product", zh: "产品"),
        many: Label("Products", zh: "产品"),
        icon: "package",
        fields: [
            fields.name.definition, fields.code.definition, fields.category.definition, fields.unit.definition,
            fields.price.definition, fields.active.definition, fields.description.definition,
        ]
    ) { $0.listFields = ["name", "code", "category", "unit", "price", "active"] }
}

/// A list of prices for a market, a channel or a time.
public enum PriceBook: ObjectType {
    /// The object's key.
    public static let key = "price_book"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The name.
        public let name = Field<String>("name", Label("Name", zh: "价格表名称"), .text(max: 200)) {
            $0.required = true
            $0.searchable = true
        }
        /// The currency of its prices, ISO 4217.
        public let currency = Field<String>("currency", Label("Currency", zh: "币种"), .text(max: 3))
        /// Whether it is in use.
        public let active = Field<Bool>("active", Label("In use", zh: "启用"), .boolean) { $0.defaultJSON = "true" }
        /// The first day.
        public let validFrom = Field<Day>("valid_from", Label("Valid from", zh: "生效日期"), .day)
        /// The last day.
        public let validTo = Field<Day>("valid_to", Label("Valid to", zh: "失效日期"), .day)
        /// Notes.
        public let description = Field<String>("description", Label("Notes", zh: "备注"), .longText(max: 4000))
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "price_books",
        Label("Price book", zh: "价格表"),
        many: Label("Price books", zh: "价格表"),
        icon: "book-open",
        fields: [
            fields.name.definition, fields.currency.definition, fields.active.definition,
            fields.validFrom.definition, fields.validTo.definition, fields.description.definition,
        ]
    ) { $0.listFields = ["name", "currency", "active", "valid_from", "valid_to"] }
}

/// The price of a product in a price book.
public enum PriceBookEntry: ObjectType {
    /// The object's key.
    public static let key = "price_book_entry"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The product's name.
        public let name = Field<String>("name", Label("Name", zh: "名称"), .text(max: 200)) {
            $0.readOnly = true
            $0.audited = false
        }
        /// The price book.
        public let book = Field<RecordID>("book", Label("Price book", zh: "价格表"), .link(to: "price_book")) {
            $0.required = true
        }
        /// The product.
        public let product = Field<RecordID>("product", Label("Product", zh: "产品"), .link(to: "product")) {
            $0.required = true
        }
        /// The price.
        public let price = Field<Money>("price", Label("Price", zh: "价格"), .money) { $0.required = true }
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "price_book_entries",
        Label("Price", zh: "产品价格"),
        many: Label("Prices", zh: "产品价格"),
        icon: "tag",
        fields: [
            fields.name.definition, fields.book.definition, fields.product.definition, fields.price.definition,
        ]
    ) { $0.listFields = ["product", "book", "price"] }
}

/// A product in an opportunity.
public enum OpportunityLine: ObjectType {
    /// The object's key.
    public static let key = "opportunity_line"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The product's name.
        public let name = Field<String>("name", Label("Name", zh: "名称"), .text(max: 200)) {
            $0.readOnly = true
            $0.audited = false
        }
        /// The opportunity.
        public let opportunity = Field<RecordID>(
            "opportunity",
            Label("Opportunity", zh: "商机"),
            .link(to: "opportunity")
        ) { $0.required = true }
        /// The product.
        public let product = Field<RecordID>("product", Label("Product", zh: "产品"), .link(to: "product")) {
            $0.required = true
        }
        /// How many; thousandths as they are stored.
        public let quantity = Field<Int64>("quantity", Label("Quantity", zh: "数量"), .decimal(scale: 3)) {
            $0.required = true
            $0.defaultJSON = "1"
        }
        /// The price of one; the list price if left empty.
        public let price = Field<Money>("price", Label("Unit price", zh: "单价"), .money)
        /// The discount in per cent; hundredths as they are stored.
        public let discount = Field<Int64>("discount", Label("Discount (%)", zh: "折扣（%）"), .decimal(scale: 2))
        /// Quantity × price less the discount.
        public let amount = Field<Money>("amount", Label("Amount", zh: "小计"), .money) { $0.readOnly = true }
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "opportunity_lines",
        Label("Opportunity line", zh: "商机产品"),
        many: Label("Opportunity lines", zh: "商机产品"),
        icon: "list",
        fields: [
            fields.name.definition, fields.opportunity.definition, fields.product.definition,
            fields.quantity.definition, fields.price.definition, fields.discount.definition,
            fields.amount.definition,
        ]
    ) {
        $0.parentLink = "opportunity"
        $0.listFields = ["product", "quantity", "price", "discount", "amount"]
        $0.rules = [
            ValidationRule(
                id: "opportunity_line.discount",
                expression: "discount is empty or discount between 0 and 100",
                message: Label("The discount must be 0 to 100.", zh: "折扣应在 0 到 100 之间。"),
                field: "discount"
            )
        ]
    }
}
