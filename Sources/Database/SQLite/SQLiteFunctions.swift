import GRDBSQLite
import Values

/// The SQL functions that expressions are compiled to. Each is `Values.Portable` or answers null, and is
/// deterministic.
func installExpressionFunctions(on connection: OpaquePointer?) {
    install("kehu_upper", 1, on: connection) { context, _, arguments in
        guard let text = text(arguments, 0) else { return sqlite3_result_null(context) }
        answer(Portable.upper(text), to: context)
    }
    install("kehu_round", 2, on: connection) { context, _, arguments in
        guard let value = number(arguments, 0), let places = integer(arguments, 1),
            let result = Portable.round(value, places: Int(clamping: places))
        else { return sqlite3_result_null(context) }
        sqlite3_result_double(context, result)
    }
    install("kehu_floor", 1, on: connection) { context, _, arguments in
        guard let value = number(arguments, 0) else { return sqlite3_result_null(context) }
        sqlite3_result_double(context, value.rounded(.down))
    }
    install("kehu_ceil", 1, on: connection) { context, _, arguments in
        guard let value = number(arguments, 0) else { return sqlite3_result_null(context) }
        sqlite3_result_double(context, value.rounded(.up))
    }
    install("kehu_number_text", 1, on: connection) { context, _, arguments in
        guard let value = number(arguments, 0) else { return sqlite3_result_null(context) }
        answer(Portable.text(value), to: context)
    }
    installDayFunctions(on: connection)
}

private func installDayFunctions(on connection: OpaquePointer?) {
    install("kehu_days", 1, on: connection) { context, _, arguments in
        guard let day = text(arguments, 0).flatMap(Portable.number(ofDay:)) else { return sqlite3_result_null(context) }
        sqlite3_result_int64(context, Int64(day))
    }
    install("kehu_day_of", 2, on: connection) { context, _, arguments in
        guard let instant = integer(arguments, 0), let zone = text(arguments, 1).flatMap(Zone.named),
            let day = Portable.day(of: instant, in: zone)
        else { return sqlite3_result_null(context) }
        answer(day.description, to: context)
    }
    install("kehu_day_part", 2, on: connection) { context, _, arguments in
        guard let day = text(arguments, 0).flatMap({ Day($0) }), let part = integer(arguments, 1) else {
            return sqlite3_result_null(context)
        }
        let parts = day.parts
        sqlite3_result_double(context, Double(part == 0 ? parts.year : part == 1 ? parts.month : parts.day))
    }
    install("kehu_move_day", 3, on: connection) { context, _, arguments in
        guard let day = text(arguments, 0).flatMap({ Day($0) }), let months = integer(arguments, 1),
            let days = integer(arguments, 2),
            let moved = Portable.move(day, months: Int(clamping: months), days: Int(clamping: days))
        else { return sqlite3_result_null(context) }
        answer(moved.description, to: context)
    }
    install("kehu_move_instant", 4, on: connection) { context, _, arguments in
        guard let instant = integer(arguments, 0), let months = integer(arguments, 1), let more = integer(arguments, 2),
            let zone = text(arguments, 3).flatMap(Zone.named),
            let moved = Portable.move(instant, months: Int(clamping: months), by: more, in: zone)
        else { return sqlite3_result_null(context) }
        sqlite3_result_int64(context, moved)
    }
}

private typealias SQLArguments = UnsafeMutablePointer<OpaquePointer?>?

private func install(
    _ name: String,
    _ count: Int32,
    on connection: OpaquePointer?,
    _ body: @convention(c) (OpaquePointer?, Int32, SQLArguments) -> Void
) {
    sqlite3_create_function_v2(
        connection,
        name,
        count,
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        nil,
        body,
        nil,
        nil,
        nil
    )
}

private func text(_ arguments: SQLArguments, _ index: Int) -> String? {
    guard let argument = arguments?[index], sqlite3_value_type(argument) != SQLITE_NULL,
        let start = sqlite3_value_text(argument)
    else { return nil }
    return String(
        decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(argument))),
        as: UTF8.self
    )
}

private func number(_ arguments: SQLArguments, _ index: Int) -> Double? {
    guard let argument = arguments?[index], sqlite3_value_type(argument) != SQLITE_NULL else { return nil }
    let value = sqlite3_value_double(argument)
    return value.isFinite ? value : nil
}

private func integer(_ arguments: SQLArguments, _ index: Int) -> Int64? {
    guard let argument = arguments?[index], sqlite3_value_type(argument) != SQLITE_NULL else { return nil }
    return sqlite3_value_int64(argument)
}

private func answer(_ text: String, to context: OpaquePointer?) {
    var text = text
    text.withUTF8 { result in
        result.withMemoryRebound(to: CChar.self) { characters in
            sqlite3_result_text(
                context,
                characters.baseAddress ?? UnsafePointer(bitPattern: 1),
                Int32(result.count),
                unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            )
        }
    }
}
