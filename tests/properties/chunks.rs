//! Cuts an input in the places that the input itself names.

/// The pieces of `text`, by lengths that are used in turn; never an empty list of lengths.
pub(super) fn cut<'a>(text: &'a [u8], lengths: &[u8]) -> Vec<&'a [u8]> {
    let mut rest = text;
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle().map(|length| usize::from(*length)) {
        if rest.is_empty() {
            break;
        }
        let (piece, tail) = rest.split_at(rest.len().min(length.max(1)));
        pieces.push(piece);
        rest = tail;
    }
    pieces
}

/// Reads the lengths of pieces: a count of at most 7, and so many bytes. One piece without any.
pub(super) fn lengths(data: &[u8]) -> (&[u8], &[u8]) {
    let Some((count, rest)) = data.split_first() else {
        return (&[u8::MAX], data);
    };
    let (lengths, rest) = rest.split_at(rest.len().min(usize::from(count % 8)));
    if lengths.is_empty() {
        (&[u8::MAX], rest)
    } else {
        (lengths, rest)
    }
}
