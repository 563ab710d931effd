import Values

/// The functions that expressions and indexes use, as PostgreSQL has them: each answers what its twin in
/// `SQLiteFunctions` answers. They stand in the schema of each workspace, so that nothing lies outside of it.
enum PostgresFunctions {
    /// Counted up whenever a function below changes: workspaces then get the new ones when they are opened.
    static let version = 2

    /// Creates or replaces all of them in the current schema.
    static var script: String {
        texts + numbers + days + moments + indexes
            + """
            CREATE OR REPLACE FUNCTION kehu_functions() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT \(version)::bigint';
            """
    }

    // `kehu_fold` is no function in SQL: a write would parse such a one anew for each index that uses it.
    private static var texts: String {
        """
        CREATE OR REPLACE FUNCTION kehu_fold(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN CASE WHEN octet_length(t) = length(t) THEN lower(t COLLATE "C.utf8")
                ELSE translate(lower(translate(t, '\(Letters.wide)', '\(Letters.narrow)') COLLATE "C.utf8"),
                '\(Letters.newCapital)\(Letters.held)', '\(Letters.newSmall)\(Letters.dotted)') END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_upper(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            SELECT translate(upper(translate(t, '\(Letters.single)', '\(Letters.stand)') COLLATE "C.utf8"),
                '\(Letters.stand)\(Letters.newSmall)', '\(Letters.single)\(Letters.newCapital)') $f$;
        CREATE OR REPLACE FUNCTION instr(t text, part text) RETURNS bigint
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT strpos(t, part)::bigint $f$;
        CREATE OR REPLACE FUNCTION instr(t bytea, part bytea) RETURNS bigint
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT position(part in t)::bigint $f$;

        """
    }

    /// Where the system's tables of letters differ from those of `Values`.
    private enum Letters {
        private static func text(_ ranges: [ClosedRange<UInt32>]) -> String {
            String(String.UnicodeScalarView(ranges.joined().compactMap(Unicode.Scalar.init)))
        }
        /// Stands for a capital whose small form is two characters, which stays, while others become small.
        static let held = "\u{10FFFD}"
        static let dotted = "\u{130}"
        /// Full-width ASCII and the ideographic space.
        static let wide = text([0xFF01...0xFF5E, 0x3000...0x3000]) + dotted
        static let narrow = text([0x21...0x26]) + "''" + text([0x28...0x7E]) + " " + held
        /// Letters that came into Unicode after the system's tables were made.
        static let newCapital = text([
            0x1C89...0x1C89, 0xA7CB...0xA7CC, 0xA7CE...0xA7CE, 0xA7D2...0xA7D2, 0xA7D4...0xA7D4, 0xA7DA...0xA7DA,
            0xA7DC...0xA7DC, 0x10D50...0x10D65, 0x16EA0...0x16EB8,
        ])
        static let newSmall = Fold.fold(newCapital)
        /// Letters whose capital is two characters: they stay.
        static let single = text([
            0x1F80...0x1F87, 0x1F90...0x1F97, 0x1FA0...0x1FA7, 0x1FB3...0x1FB3, 0x1FC3...0x1FC3, 0x1FF3...0x1FF3,
        ])
        static let stand = text([0x10FF00...0x10FF1A])
    }

    // Indexes of words that an earlier program made, which had no list of pending entries. One that somebody reads for long
    // stays as it is: a slow index is better than writes that wait.
    private static let indexes = """
        DO $f$ DECLARE name text; BEGIN
            PERFORM set_config('lock_timeout', '1s', true);
            FOR name IN SELECT quote_ident(relname) FROM pg_class WHERE relname LIKE 'search\\_%\\_tokens' AND relkind = 'i'
                AND relnamespace = to_regnamespace(quote_ident(current_schema()))
                AND NOT coalesce('fastupdate=on' = ANY (reloptions), false)
            LOOP
                BEGIN EXECUTE 'ALTER INDEX ' || name || ' SET (fastupdate = on)';
                EXCEPTION WHEN lock_not_available OR deadlock_detected THEN NULL; END;
            END LOOP;
            PERFORM set_config('lock_timeout', '0', true); END $f$;

        """

    private static let numbers = """
        CREATE OR REPLACE FUNCTION kehu_plus(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$ BEGIN
            IF abs(a) < 8e307 AND abs(b) < 8e307 THEN RETURN a + b; END IF;
            IF (a > 0) <> (b > 0) OR a = 0 OR b = 0 THEN RETURN a + b; END IF;
            IF abs(a) > 1.7976931348623157e308 - abs(b) THEN
                RETURN CASE WHEN a > 0 THEN 'Infinity' ELSE '-Infinity' END::double precision;
            END IF;
            RETURN a + b; END $f$;
        CREATE OR REPLACE FUNCTION kehu_minus(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$ BEGIN
            IF abs(a) < 8e307 AND abs(b) < 8e307 THEN RETURN a - b; END IF;
            RETURN kehu_plus(a, -b); END $f$;
        CREATE OR REPLACE FUNCTION kehu_times(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE size double precision; BEGIN
            IF a = 0 OR b = 0 THEN RETURN a * b; END IF;
            IF abs(a) BETWEEN 1e-150 AND 1e150 AND abs(b) BETWEEN 1e-150 AND 1e150 THEN RETURN a * b; END IF;
            size := log(abs(a)) + log(abs(b));
            IF size >= 308.2547155599167 THEN
                RETURN CASE WHEN (a > 0) = (b > 0) THEN 'Infinity' ELSE '-Infinity' END::double precision;
            END IF;
            IF size <= -323.6 THEN RETURN 0; END IF;
            RETURN a * b; END $f$;
        CREATE OR REPLACE FUNCTION kehu_over(a double precision, b double precision) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE size double precision; BEGIN
            IF b = 0 THEN RETURN NULL; END IF;
            IF a = 0 THEN RETURN a / b; END IF;
            IF abs(a) BETWEEN 1e-150 AND 1e150 AND abs(b) BETWEEN 1e-150 AND 1e150 THEN RETURN a / b; END IF;
            size := log(abs(a)) - log(abs(b));
            IF size >= 308.2547155599167 THEN
                RETURN CASE WHEN (a > 0) = (b > 0) THEN 'Infinity' ELSE '-Infinity' END::double precision;
            END IF;
            IF size <= -323.6 THEN RETURN 0; END IF;
            RETURN a / b; END $f$;
        CREATE OR REPLACE AGGREGATE kehu_total(double precision) (sfunc = kehu_plus, stype = double precision, initcond = '0');
        CREATE OR REPLACE AGGREGATE total(double precision) (sfunc = float8pl, stype = double precision, initcond = '0');
        -- A sum that once was too large for 64 bits stays at their end: it is known not to be exact.
        CREATE OR REPLACE FUNCTION kehu_added(a bigint, b bigint) RETURNS bigint
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE sum numeric := a::numeric + b; BEGIN
            IF abs(a::numeric) >= 9223372036854775807 THEN RETURN a; END IF;
            RETURN least(greatest(sum, -9223372036854775807), 9223372036854775807)::bigint; END $f$;
        CREATE OR REPLACE FUNCTION kehu_round(v double precision, places bigint) RETURNS double precision
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            SELECT CASE WHEN abs(v) > 1.7976931348623157e308 / power(10::double precision, least(greatest(places, 0), 15))
                THEN NULL ELSE (CASE WHEN v < 0 THEN -1 ELSE 1 END) * (floor(abs(v)
                * power(10::double precision, least(greatest(places, 0), 15)) + 0.5::double precision)
                / power(10::double precision, least(greatest(places, 0), 15))) END $f$;
        CREATE OR REPLACE FUNCTION kehu_floor(v double precision) RETURNS double precision
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT CASE WHEN abs(v) < 'Infinity' THEN floor(v) END $f$;
        CREATE OR REPLACE FUNCTION kehu_ceil(v double precision) RETURNS double precision
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT CASE WHEN abs(v) < 'Infinity' THEN ceil(v) END $f$;
        CREATE OR REPLACE FUNCTION kehu_number_text(v double precision) RETURNS text
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET extra_float_digits = 1 AS $f$
            DECLARE shown text; digits text; whole int; short text; BEGIN
            IF abs(v) = 'Infinity' OR v = 'NaN' THEN RETURN NULL; END IF;
            IF v = trunc(v) AND abs(v) < 1e15 THEN RETURN v::bigint::text; END IF;
            shown := v::text;
            IF abs(v) < 1e15 THEN RETURN shown; END IF;
            IF abs(v) > 9007199254740992 THEN
                -- The shortest digits that mean this number, where PostgreSQL takes one more.
                digits := split_part(shown, 'e', 1);
                FOR step IN 0..1 LOOP
                    short := trim_scale(trunc(digits::numeric, greatest(length(digits) - 3 - (v < 0)::int, 0))
                        + step * sign(v)::numeric * power(10::numeric, -greatest(length(digits) - 3 - (v < 0)::int, 0)))::text
                        || 'e' || split_part(shown, 'e', 2);
                    IF length(digits) > 16 AND short::double precision = v THEN RETURN short; END IF;
                END LOOP;
                RETURN shown;
            END IF;
            -- 1.234567890123456e+15 is written out up to two to the power of 53.
            digits := replace(ltrim(split_part(shown, 'e', 1), '-'), '.', '');
            whole := split_part(shown, 'e+', 2)::int + 1;
            digits := rpad(digits, greatest(whole, length(digits)), '0');
            RETURN CASE WHEN v < 0 THEN '-' ELSE '' END || left(digits, whole) || '.'
                || coalesce(nullif(substr(digits, whole + 1), ''), '0'); END $f$;

        """

    private static let days = """
        CREATE OR REPLACE FUNCTION kehu_date(t text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE first date; found date; BEGIN
            IF t !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' OR t < '0001' THEN RETURN NULL; END IF;
            first := make_date(substr(t, 1, 4)::int, substr(t, 6, 2)::int, 1);
            found := first + (substr(t, 9, 2)::int - 1);
            RETURN CASE WHEN date_part('month', found) = date_part('month', first) THEN found END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_day_text(d date) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN CASE WHEN d BETWEEN '0001-01-01' AND '9999-12-31' THEN to_char(d, 'YYYY-MM-DD') END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_days(t text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN kehu_date(t) - date '1970-01-01'; END $f$;
        CREATE OR REPLACE FUNCTION kehu_day_part(t text, part bigint) RETURNS double precision
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE d date := kehu_date(t); BEGIN
            RETURN CASE part WHEN 0 THEN date_part('year', d) WHEN 1 THEN date_part('month', d) ELSE date_part('day', d) END;
            END $f$;
        CREATE OR REPLACE FUNCTION kehu_moved(d date, months bigint, days bigint) RETURNS date
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE place bigint; moved date; BEGIN
            IF abs(months) > 200000 OR abs(days) > 5000000 THEN RETURN NULL; END IF;
            place := date_part('year', d)::bigint * 12 + date_part('month', d)::bigint - 1 + months;
            IF place NOT BETWEEN 12 AND 119999 THEN RETURN NULL; END IF;
            moved := (d + make_interval(months => months::int))::date + days::int;
            RETURN CASE WHEN moved BETWEEN '0001-01-01' AND '9999-12-31' THEN moved END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_move_day(t text, months bigint, days bigint) RETURNS text
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN kehu_day_text(kehu_moved(kehu_date(t), months, days)); END $f$;

        """

    private static let moments = """
        CREATE OR REPLACE FUNCTION kehu_offset(moment bigint, zone text) RETURNS bigint
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE at timestamptz; BEGIN
            IF zone ~ '^[+-][0-9]+$' THEN RETURN zone::bigint * 1000; END IF;
            -- Like `Zone`: before 1970 and after 2100 the clock is not changed.
            at := to_timestamp(least(greatest(moment, 0), 4102444800000) / 1000);
            RETURN date_part('epoch', timezone(zone, at) - timezone('UTC', at))::bigint * 1000; END $f$;
        CREATE OR REPLACE FUNCTION kehu_local_day(moment bigint, zone text) RETURNS date
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE number bigint; BEGIN
            IF moment NOT BETWEEN -62200000000000 AND 253500000000000 THEN RETURN NULL; END IF;
            number := floor((moment + kehu_offset(moment, zone))::numeric / 86400000)::bigint;
            RETURN CASE WHEN number BETWEEN -719162 AND 2932896 THEN date '1970-01-01' + number::int END; END $f$;
        CREATE OR REPLACE FUNCTION kehu_day_of(moment bigint, zone text) RETURNS text
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            BEGIN RETURN kehu_day_text(kehu_local_day(moment, zone)); END $f$;
        CREATE OR REPLACE FUNCTION kehu_moment(local bigint, zone text) RETURNS bigint
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE before bigint := kehu_offset(local - 129600000, zone);
            after bigint := kehu_offset(local + 129600000, zone); BEGIN
            RETURN coalesce(least(
                CASE WHEN kehu_offset(local - before, zone) = before THEN local - before END,
                CASE WHEN kehu_offset(local - after, zone) = after THEN local - after END), local - before); END $f$;
        CREATE OR REPLACE FUNCTION kehu_move_instant(moment bigint, months bigint, more bigint, zone text) RETURNS bigint
            LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
            DECLARE start bigint := moment; day date; moved date; sum numeric; BEGIN
            IF months <> 0 THEN
                day := kehu_local_day(moment, zone);
                moved := kehu_moved(day, months, 0);
                IF moved IS NULL THEN RETURN NULL; END IF;
                start := kehu_moment(moment + kehu_offset(moment, zone) + (moved - day)::bigint * 86400000, zone);
            END IF;
            sum := start::numeric + more;
            RETURN CASE WHEN sum BETWEEN -9223372036854775808 AND 9223372036854775807 THEN sum::bigint END; END $f$;

        """
}
