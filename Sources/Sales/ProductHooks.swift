import Records
import Schema
import Values

extension PriceBookEntry {
    static let hooks = Hooks<PriceBookEntry>()
        .beforeSave("a price is called like its product") { entry, session in
            guard entry.changes(\.product), let product = entry.product else { return }
            entry.name = try session.name(of: Product.key, product)
        }
        .validate("a price is in the currency of its book") { entry, session in
            guard let price = entry.price, let book = entry.book, entry.changes(\.price) || entry.changes(\.book),
                let object = session.schema.object(PriceBook.key),
                let currency = Record<PriceBook>(try session.find(object, book)).currency, currency != price.currency
            else { return [] }
            return [
                FieldProblem(
                    "price",
                    "wrong_currency",
                    Label("This price book is in \(currency).", zh: "该价格表的币种为 \(currency)，请使用同一币种。")
                )
            ]
        }
}

extension PriceBook {
    static let hooks = Hooks<PriceBook>()
        .beforeSave("a price book has a currency") { book, session in
            if let currency = book.currency {
                book.currency = currency.uppercased()
            } else {
                book.currency = session.schema.baseCurrency
            }
        }
        .validate("the currency exists and the days are in order") { book, _ in
            var problems: [FieldProblem] = []
            if let currency = book.currency, Currency.digits(currency) == nil {
                problems.append(
                    FieldProblem(
                        "currency",
                        "unknown_currency",
                        Label("Write a code such as CNY or USD.", zh: "请填写币种代码，例如 CNY 或 USD。")
                    )
                )
            }
            if let from = book.validFrom, let to = book.validTo, to < from {
                problems.append(
                    FieldProblem(
                        "valid_to",
                        "before_start",
                        Label("The last day lies before the first.", zh: "失效日期早于生效日期，请检查。")
                    )
                )
            }
            return problems
        }
}

extension OpportunityLine {
    static let hooks = Hooks<OpportunityLine>()
        .beforeSave("a line takes name and price from its product") { line, session in
            guard line.changes(\.product), let id = line.product, let object = session.schema.object(Product.key) else {
                return
            }
            let product = Record<Product>(try session.find(object, id))
            line.name = product.name
            if line.price == nil { line.price = product.price }
        }
        .beforeSave("a line is worth quantity × price less the discount") { line, _ in
            guard let price = line.price else {
                line.amount = nil
                return
            }
            let factor = Int128(line.quantity ?? 1000) * (10_000 - Int128(line.discount ?? 0))
            let exact = Int128(price.minor) * factor
            let half: Int128 = exact < 0 ? -5_000_000 : 5_000_000
            guard let minor = Int64(exactly: (exact + half) / 10_000_000) else {
                throw Problem.invalid(
                    "quantity",
                    "out_of_range",
                    Label("The amount is too large.", zh: "金额超出范围，请检查数量和单价。")
                )
            }
            line.amount = Money(minor: minor, currency: price.currency)
        }
        .afterSave("an opportunity is worth what its lines come to") { before, line, session in
            if let old = before?.opportunity, old != line.opportunity { try LineSum.carry(to: old, session) }
            guard before?.amount != line.amount || before?.opportunity != line.opportunity else { return }
            try LineSum.carry(to: line.opportunity, session)
        }
        .afterDelete("a deleted line counts no more") { line, session in
            try LineSum.carry(to: line.opportunity, session)
        }
        .afterRestore("a line that comes back counts again") { line, session in
            try LineSum.carry(to: line.opportunity, session)
        }
        .afterPurge("a line that is deleted for ever counts no more") { line, session in
            try LineSum.carry(to: line.opportunity, session)
        }
}
