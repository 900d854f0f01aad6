/// A piece of an answer, as text; a token where the model runs in this process.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub text: String,
    /// What the model gave for it, 0 to 1, of all tokens or, where its first choice is not in the
    /// schema, of those that are. 1 where a server does not tell.
    pub probability: f32,
}
